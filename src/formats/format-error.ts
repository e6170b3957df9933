/** Which error key a result gets: `status` is about its `statusCode`. */
export type FormatErrorKind = 'malformed' | 'status';

export interface FormatErrorOptions extends ErrorOptions {
  /** `malformed` by default. */
  readonly kind?: FormatErrorKind;
}

/**
 * A request that cannot be encoded, or a result that cannot be read. `message` is for the caller and names a place, no
 * data; `cause` is for the log.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly kind: FormatErrorKind;

  constructor(message: string, { kind = 'malformed', ...options }: FormatErrorOptions = {}) {
    super(message, options);
    this.kind = kind;
  }
}
