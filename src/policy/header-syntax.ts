// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a header must not carry
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Envoy answers 500 to a mutation with a control character, and a line break would be header injection. */
export function isHeaderValue(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/**
 * What belongs to one connection or to the framing of one message (RFC 9110, 7.6.1; RFC 9113, 8.2.2): Envoy makes these itself,
 * and passes on what a mutation puts there, so that the next hop would take away headers or change its protocol.
 */
const CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers that neither a policy nor a function sets. `name` in lower case. */
export function isOfConnection(name: string): boolean {
  return CONNECTION.has(name);
}
