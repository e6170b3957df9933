/** XML that is malformed, refused or too large, or a path that is invalid or fails. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}
