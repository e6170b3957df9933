/** In order; names in lower case; a name may occur several times. */
export type HeaderLine = readonly [name: string, value: string];

interface HttpMessage {
  readonly headers: readonly HeaderLine[];
  /** Empty: there is none. */
  readonly body: Buffer;
  readonly trailers: readonly HeaderLine[];
}

export interface HttpRequest extends HttpMessage {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly scheme: string;
  readonly authority: string;
}

export interface HttpResponse extends HttpMessage {
  readonly status: number;
}

/** A message as HTTP/2 has it: pseudo-headers first. */
export interface RawMessage extends HttpMessage {}

export function rawRequest({ method, path, scheme, authority, headers, body, trailers }: HttpRequest): RawMessage {
  const pseudo = [
    [':method', method],
    [':path', path],
    [':scheme', scheme],
    [':authority', authority],
  ] as const;
  return { headers: [...pseudo, ...withLength(headers, body, trailers)], body, trailers };
}

export function rawResponse({ status, headers, body, trailers }: HttpResponse): RawMessage {
  // These have no length; any other answer without a body states the length 0.
  const isBodiless = status === 204 || status === 304;
  const told = isBodiless ? headers : withLength(headers, body, trailers, true);
  return { headers: [[':status', String(status)], ...told], body, trailers };
}

export function requestOf({ headers, body, trailers }: RawMessage): HttpRequest {
  return {
    method: firstValue(headers, ':method'),
    path: firstValue(headers, ':path'),
    scheme: firstValue(headers, ':scheme'),
    authority: firstValue(headers, ':authority'),
    headers: withoutPseudo(headers),
    body,
    trailers,
  };
}

export function responseOf({ headers, body, trailers }: RawMessage): HttpResponse {
  return { status: Number(firstValue(headers, ':status')), headers: withoutPseudo(headers), body, trailers };
}

/** The first value of a header; "" where it is not there. */
export function firstValue(headers: readonly HeaderLine[], name: string): string {
  return headers.find(([candidate]) => candidate === name)?.[1] ?? '';
}

export function hasHeader(headers: readonly HeaderLine[], name: string): boolean {
  return headers.some(([candidate]) => candidate === name);
}

export function withoutHeader(headers: readonly HeaderLine[], ...names: readonly string[]): readonly HeaderLine[] {
  return headers.filter(([name]) => !names.includes(name));
}

function withoutPseudo(headers: readonly HeaderLine[]): readonly HeaderLine[] {
  return headers.filter(([name]) => !name.startsWith(':'));
}

/** Peers send the length of a complete body, unless they send it in chunks. */
function withLength(
  headers: readonly HeaderLine[],
  body: Buffer,
  trailers: readonly HeaderLine[],
  tellsNone = false,
): readonly HeaderLine[] {
  const isChunked = trailers.length > 0 || hasHeader(headers, 'transfer-encoding');
  if (isChunked || hasHeader(headers, 'content-length')) return headers;
  if (body.length === 0 && !tellsNone) return headers;
  return [...headers, ['content-length', String(body.length)]];
}
