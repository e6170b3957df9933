import { type CompiledTemplate, type EvaluationContext, ExpressionError } from '../../expression/index.ts';
import { type ApiPolicies, dependsOnRequest } from '../../policy/index.ts';

/**
 * Milliseconds of CPU time for one template, and for all templates of a document. What takes longer is evaluated only by requests. CPU
 * time and not elapsed time, so that a busy machine finds the same problems in a document as an idle one.
 */
const EACH_MS = 50;
const ALL_MS = 2_000;

/** The time that the templates of one document have taken. */
export interface TimeSpent {
  ms: number;
}

/** Evaluates templates that read nothing from a request, with the values of the document: their result never changes. */
export class FixedValues {
  readonly #context: EvaluationContext;
  readonly #spent: TimeSpent;

  constructor({ api, properties, variables }: Pick<ApiPolicies, 'api' | 'properties' | 'variables'>, spent: TimeSpent) {
    this.#context = { attributes: new Map(), api: { ...api, properties }, variables, evaluationMs: EACH_MS };
    this.#spent = spent;
  }

  /** Undefined if the template has a result, and if that is not known. */
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

  /** A new context, because an evaluation caches in its context what it has read. */
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
