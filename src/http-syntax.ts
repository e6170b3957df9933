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

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A token (RFC 9110, 5.1). */
export function isHeaderName(text: string): boolean {
  return TOKEN.test(text);
}

/** Headers that neither a policy nor a function sets. `name` in lower case. */
export function isOfConnection(name: string): boolean {
  return CONNECTION.has(name);
}

/** Statuses of a final response; below 200 there is none. */
export const finalStatus = { lowest: 200, highest: 599 } as const;

/** The number of a final status, or undefined for any other text. */
export function readStatus(text: string): number | undefined {
  const status = /^\d{3}$/.test(text) ? Number(text) : 0;
  return status >= finalStatus.lowest && status <= finalStatus.highest ? status : undefined;
}

/** Path and query as HTTP carries them: visible ASCII from the first `/` on. `#` would begin a fragment, which is never sent. */
export function isPath(text: string): boolean {
  return /^\/[\x21\x22\x24-\x7e]*$/.test(text);
}

/** Statuses of responses without a body, whatever their headers say (RFC 9110, 15.3.5, 15.3.6, 15.4.5). */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/**
 * What nghttp2, the HTTP/2 library of Node, takes as `:authority`: the characters that RFC 3986 has for hosts. It refuses a stream with
 * any other before this server can see it. A test of check reads the rule off Node itself.
 */
export const AUTHORITY = /^[A-Za-z0-9!$%&'()*+,\-.:;=[\]_~]+$/;
