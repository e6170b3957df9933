import { type CompiledTemplate, type EvaluationContext, ExpressionError } from '../../expression/index.ts';
import { type ApiPolicies, dependsOnRequest } from '../../policy/index.ts';

/**
 * Milliseconds of CPU time for one template, and for all of a document: what takes longer is left to the requests. Not of the
 * clock: a busy machine must find in a document what another one finds.
 */
const EACH_MS = 50;
const ALL_MS = 2_000;

/** The time that the templates of one document have taken. */
export interface TimeSpent {
  ms: number;
}

/** Evaluates templates in which nothing of a request is, with what the document says: what they give, they give always. */
export class FixedValues {
  readonly #context: EvaluationContext;
  readonly #spent: TimeSpent;

  constructor({ api, properties, variables }: Pick<ApiPolicies, 'api' | 'properties' | 'variables'>, spent: TimeSpent) {
    this.#context = { attributes: new Map(), api: { ...api, properties }, variables, evaluationMs: EACH_MS };
    this.#spent = spent;
  }

  /** Undefined if the template gives something, and where that is not known. */
  failureOf(template: CompiledTemplate): ExpressionError | undefined {
    const outcome = this.#outcomeOf(template, () => template.evaluate(this.#fresh()));
    return outcome instanceof ExpressionError ? outcome : undefined;
  }

  textOf(template: CompiledTemplate): string | null | undefined {
    const outcome = this.#outcomeOf(template, () => template.evaluate(this.#fresh()));
    return outcome instanceof ExpressionError ? undefined : outcome;
  }

  conditionOf(template: CompiledTemplate): boolean | 'invalid' | undefined {
    const outcome = this.#outcomeOf(template, () => template.evaluateBoolean(this.#fresh()));
    return outcome instanceof ExpressionError ? 'invalid' : outcome;
  }

  /** An evaluation remembers in the context what it has read. */
  #fresh(): EvaluationContext {
    return { ...this.#context };
  }

  #outcomeOf<T>(template: CompiledTemplate, evaluate: () => T): T | ExpressionError | undefined {
    const { constant, secrets } = template;
    if (constant !== undefined || secrets.length > 0 || dependsOnRequest(template)) return undefined;
    if (this.#spent.ms > ALL_MS) return undefined;
    for (const name of template.variables()) {
      if (name !== 'api' && !this.#context.variables.has(name)) return undefined;
    }
    const start = process.cpuUsage();
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof ExpressionError) return error.exhausted ? undefined : error;
      throw error;
    } finally {
      const { user, system } = process.cpuUsage(start);
      this.#spent.ms += (user + system) / 1_000;
    }
  }
}
