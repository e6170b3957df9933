// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a header must not carry
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Envoy answers 500 to a mutation with a control character, and a line break would be header injection. */
export function isHeaderValue(text: string): boolean {
  return !FORBIDDEN.test(text);
}
