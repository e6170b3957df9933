/**
 * Why a path failed. The kinds follow the original's exception classes, because some are caught on the way:
 * a filter that meets an `invalid-path` or `path-not-found` simply does not match, a wildcard skips an element with
 * `path-not-found`, an index step swallows `out-of-bounds`; `failed` ends the evaluation.
 */
export type JsonPathErrorKind = 'path-not-found' | 'invalid-path' | 'out-of-bounds' | 'failed';

export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
  readonly kind: JsonPathErrorKind;

  constructor(kind: JsonPathErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const invalidPath = (message: string) => new JsonPathError('invalid-path', message);

export const pathNotFound = (message: string) => new JsonPathError('path-not-found', message);

export const pathFailed = (message: string) => new JsonPathError('failed', message);

/** A path that was not found counts as an invalid one, as the original's exceptions inherit. */
export const isInvalidPath = (error: unknown): error is JsonPathError =>
  error instanceof JsonPathError && (error.kind === 'invalid-path' || error.kind === 'path-not-found');

/** Throwing and catching an error takes a few microseconds. */
export const STEPS_OF_ERROR = 8;
