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

  constructor(phase: 'parse' | 'evaluate', message: string, template: string, offset: number) {
    super(message);
    this.phase = phase;
    this.template = template;
    this.offset = offset;
  }
}
