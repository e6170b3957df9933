/**
 * A request that cannot be encoded, or a result that cannot be read. `message` is for the caller and names a place, no
 * data; `cause` is for the log.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
