import type { EvaluationContext } from './context.ts';
import { doubtsOf, variablesOf } from './evaluator/doubts.ts';
import { EvaluationRun } from './evaluator/evaluation-run.ts';
import { fromValue } from './evaluator/from-value.ts';
import { writeJson } from './evaluator/json-writer.ts';
import { quoteJson } from './evaluator/quote-json.ts';
import { failsWithout } from './evaluator/reached.ts';
import { type Evaluate, PlacedFailure, type Scope } from './evaluator/scope.ts';
import { toText } from './evaluator/to-text.ts';
import { toBoolean } from './evaluator/truth.ts';
import { unescapedIn } from './evaluator/unescaped.ts';
import { ExpressionError } from './expression-error.ts';
import { JavaException } from './java/index.ts';
import { needsOf } from './needs.ts';
import type { Node } from './parser/ast.ts';
import type { Secret } from './secrets.ts';
import type { CompiledTemplate, TemplateDoubt, TemplateNeeds, TemplateOrigin, UnescapedValue } from './template.ts';
import { EvaluationFailure, type Value } from './value.ts';

const MAX_RESULT = 64 * 1024 * 1024;

/** Throws EvaluationFailure. */
export function limitResult(length: number): void {
  if (length > MAX_RESULT) throw new EvaluationFailure(`a result longer than ${MAX_RESULT} characters`);
}

/** Literal text, or an expression. */
export type Part = string | Evaluate;

/** The result of compileTemplate. */
export class TextTemplate implements CompiledTemplate {
  readonly json = false;
  readonly source: string;
  readonly needs: TemplateNeeds;
  readonly constant: string | undefined;
  readonly secrets: readonly Secret[];
  readonly #parts: readonly Part[];
  /** As `parts`, but as trees, and without secrets. */
  readonly #pieces: readonly (string | Node)[];
  /** The template is one expression and nothing else: its null is null. */
  readonly #single: Evaluate | undefined;
  readonly #origin: TemplateOrigin | undefined;

  constructor(
    source: string,
    parts: readonly Part[],
    pieces: readonly (string | Node)[],
    secrets: readonly Secret[],
    origin?: TemplateOrigin,
  ) {
    this.source = source;
    this.#origin = origin;
    this.secrets = secrets;
    this.#pieces = pieces;
    this.needs = needsOf(this.nodes);
    this.constant = parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
    this.#parts = parts;
    const [first] = parts;
    this.#single = parts.length === 1 && typeof first === 'function' ? first : undefined;
  }

  get templates(): readonly [TextTemplate] {
    return [this];
  }

  doubts(variables: readonly string[] = []): readonly TemplateDoubt[] {
    return doubtsOf(this.nodes, variables);
  }

  failsWithout(variable: string): boolean {
    return failsWithout(variable, this.nodes);
  }

  variables(): ReadonlySet<string> {
    return variablesOf(this.nodes);
  }

  unescaped(): readonly UnescapedValue[] {
    return unescapedIn(this.#pieces);
  }

  evaluate(context: EvaluationContext): string | null {
    if (this.constant !== undefined) return this.constant;
    const run = new EvaluationRun(context);
    try {
      const text = this.#text(context, run);
      run.finish();
      return text;
    } catch (error) {
      throw this.explained(error, run.exhausted);
    } finally {
      run.stop();
    }
  }

  /** As a value of JSON, in a shared evaluation: one expression keeps the type of its value. */
  jsonText(scope: Scope): string {
    const { run } = scope;
    if (this.#single === undefined) return quoteJson(this.#joined(scope), run);
    const value = this.#single(scope);
    return typeof value === 'string' ? quoteJson(value, run) : writeJson(value, run);
  }

  /** The values of its expressions as texts of JSON, in a shared evaluation. */
  *valueTexts(scope: Scope): Iterable<string> {
    for (const part of this.#parts) {
      if (typeof part === 'string') continue;
      const value = part(scope);
      yield typeof value === 'string' ? quoteJson(value, scope.run) : writeJson(value, scope.run);
    }
  }

  #text(context: EvaluationContext, run: EvaluationRun): string | null {
    const scope = { context, run, self: null, element: null };
    if (this.#single === undefined) return this.#joined(scope);
    const value = this.#single(scope);
    return typeof value === 'string' ? value : toText(value, run);
  }

  #joined(scope: Scope): string {
    let text = '';
    for (const part of this.#parts) {
      text += typeof part === 'string' ? part : (toText(part(scope), scope.run) ?? '');
      limitResult(text.length);
    }
    return text;
  }

  evaluateValue(context: EvaluationContext): unknown {
    if (this.#single === undefined) return this.evaluate(context);
    const value = this.#value(context);
    try {
      return fromValue(value);
    } catch (error) {
      throw this.explained(error);
    }
  }

  evaluateBoolean(context: EvaluationContext): boolean {
    try {
      return toBoolean(this.#single === undefined ? this.evaluate(context) : this.#value(context));
    } catch (error) {
      throw this.explained(error);
    }
  }

  #value(context: EvaluationContext): Value {
    const run = new EvaluationRun(context);
    try {
      const value = this.#single?.({ context, run, self: null, element: null }) ?? null;
      run.finish();
      return value;
    } catch (error) {
      throw this.explained(error, run.exhausted);
    } finally {
      run.stop();
    }
  }

  /** Of its expressions. */
  get nodes(): readonly Node[] {
    return this.#pieces.filter((piece) => typeof piece !== 'string');
  }

  /** An error of an evaluation as the error of this template. `place`: the template's place, if the error should name it. */
  explained(error: unknown, exhausted = false, place = ''): unknown {
    if (error instanceof EvaluationFailure || error instanceof JavaException) {
      const at = error instanceof PlacedFailure ? error.at : Math.max(this.source.indexOf('{'), 0);
      const message = withoutData(error.message, this.source);
      return new ExpressionError('evaluate', place + message, this.source, at, exhausted, this.#origin);
    }
    // Recursion is limited where trees and values are made; this remains if the stack was nearly full before.
    if (error instanceof RangeError)
      return new ExpressionError(
        'evaluate',
        `${place}the expression nests too deeply`,
        this.source,
        0,
        exhausted,
        this.#origin,
      );
    return error;
  }
}

/** Messages go to logs: a quoted text is kept only if the template contains it too, or if it is a suggestion. */
function withoutData(message: string, source: string): string {
  return message
    .replace(/(did you mean )?("[^"]*"|'[^']*')/g, (quoted, suggested: string | undefined, text: string) =>
      suggested !== undefined || isSign(text.slice(1, -1)) || source.includes(text.slice(1, -1)) ? quoted : '"…"',
    )
    .replace(UNQUOTED, (all, before: string, text: string) => (source.includes(text) ? all : `${before}…`));
}

const isSign = (text: string): boolean => /^[^\p{L}\p{N}]{0,2}$/u.test(text);

/** Messages of Java that end with the input text. */
const UNQUOTED =
  /^((?:Invalid UUID string|no such locale|No enum constant|Invalid ID for [^:]*|[^:]*format): ?|No enum constant )(.+)$/;
