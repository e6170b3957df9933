/**
 * A failure as Java would throw it. The evaluator turns it into an ExpressionError with the place in the template;
 * nothing else may leave this folder.
 */
export class JavaException extends Error {
  override readonly name = 'JavaException';
  /** Simple class name of the original's exception: `ArithmeticException`, `DateTimeParseException` … */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export const illegalArgument = (message: string) => new JavaException('IllegalArgumentException', message);

export const nullPointer = (message: string) => new JavaException('NullPointerException', message);

/** A feature of the original that this project leaves out; the message says so, so that nobody looks for a mistake of their own. */
export const unsupported = (what: string) =>
  new JavaException('UnsupportedOperationException', `${what} is not supported`);
