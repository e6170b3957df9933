import type { TemplateOrigin } from './template.ts';

/**
 * The one error of this folder: a template that does not parse, or an evaluation that fails.
 * `message` is one line for logs and answers to operators; `explain()` adds the template with a caret under the place.
 */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly phase: 'parse' | 'evaluate';
  readonly template: string;
  /** Offset of the place in the template, in UTF-16 units. */
  readonly offset: number;
  /** The evaluation has used up its steps, or the transaction's expressions their CPU time (`evaluationMs` of the context). */
  readonly exhausted: boolean;

  readonly #origin: TemplateOrigin | undefined;

  constructor(
    phase: 'parse' | 'evaluate',
    message: string,
    template: string,
    offset: number,
    exhausted = false,
    origin?: TemplateOrigin,
  ) {
    super(message);
    this.phase = phase;
    this.template = template;
    this.offset = offset;
    this.exhausted = exhausted;
    this.#origin = origin;
  }

  /** The field of the step, where the template is one of a document. */
  get field(): string | undefined {
    return this.#origin?.field;
  }

  /** As `policies.yaml:18:26`, where the template is one of a document. */
  get place(): string | undefined {
    return this.#origin?.placeAt(this.offset);
  }

  /** The message, the line of the template and a caret under the place. */
  explain(): string {
    const before = this.template.slice(0, this.offset);
    const start = before.lastIndexOf('\n') + 1;
    const end = this.template.indexOf('\n', this.offset);
    const line = this.template.slice(start, end === -1 ? undefined : end);
    const column = this.offset - start;
    // A window of a long line, so that the caret stays in sight.
    const from = Math.max(0, column - 60);
    const shown = line.slice(from, from + 120);
    return `${this.message}\n  ${shown}\n  ${' '.repeat(column - from)}^`;
  }
}
