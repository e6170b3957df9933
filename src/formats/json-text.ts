import { type CompiledTemplate, type EvaluationContext, ExpressionError } from '../expression/index.ts';
import { FormatError } from './format-error.ts';

/** A text as a JSON string. */
export const quote = (text: string): string => JSON.stringify(text);

/** A JSON array of strings. */
export function quoteAll(texts: readonly string[]): string {
  const [first] = texts;
  return texts.length === 1 && first !== undefined ? `[${quote(first)}]` : JSON.stringify(texts);
}

/** A text field of `format`: its value in events, computed once if it has no expression. */
export class TextField {
  readonly #name: string;
  readonly #template: CompiledTemplate | undefined;
  readonly #constant: string | undefined;
  readonly #json: string | undefined;

  /** `otherwise`: the text if the step has none. Undefined: then the event has none either. */
  constructor(name: string, template: CompiledTemplate | undefined, otherwise?: string) {
    this.#name = name;
    this.#template = template;
    this.#constant = template === undefined ? otherwise : template.constant;
    this.#json = this.#constant === undefined ? undefined : quote(this.#constant);
  }

  get isSaid(): boolean {
    return this.#template !== undefined;
  }

  /** Throws FormatError: a configured field without a value is never treated as absent. */
  text(context: EvaluationContext): string {
    return this.#constant ?? this.#evaluate(context);
  }

  /** As a JSON string. Throws FormatError. */
  json(context: EvaluationContext): string {
    return this.#json ?? quote(this.#evaluate(context));
  }

  #evaluate(context: EvaluationContext): string {
    const text = evaluateField(this.#template, this.#name, context);
    if (text === null || text.trim() === '') throw new FormatError(`format.${this.#name} is empty`);
    return text;
  }
}

/** Throws FormatError. */
export function evaluateField(
  template: CompiledTemplate | undefined,
  name: string,
  context: EvaluationContext,
): string | null {
  try {
    return template?.evaluate(context) ?? null;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new FormatError(`the expression of format.${name} failed`, { cause: error });
  }
}
