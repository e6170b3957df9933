import { ExpressionError } from '../expression-error.ts';

/** The text of one expression and the position of each of its characters in the template. */
export class SourceText {
  readonly text: string;
  readonly template: string;
  readonly #offsets: readonly number[];

  constructor(text: string, offsets: readonly number[], template: string) {
    this.text = text;
    this.template = template;
    this.#offsets = offsets;
  }

  /** From an index in the expression to one in the template. */
  offset(index: number): number {
    return this.#offsets[Math.min(index, this.#offsets.length - 1)] ?? this.template.length;
  }

  fail(message: string, index: number): never {
    throw new ExpressionError('parse', message, this.template, this.offset(index));
  }
}
