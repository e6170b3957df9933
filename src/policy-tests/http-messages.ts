import type { HeaderLine, HttpRequest, HttpResponse } from '../trial/index.ts';
import { bytesDocument, bytesOf } from './bytes.ts';
import type { TestDocument } from './schema/index.ts';

/** The authority of a request without a host. */
const AUTHORITY = 'test.invalid';

export function requestOf(document: TestDocument['request']): HttpRequest {
  const body = bytesOf(bytesDocument(document?.body, document?.bodyBase64));
  const headers = linesOf(document?.headers);
  const host = headers.find(([name]) => name === 'host')?.[1];
  return {
    method: document?.method?.toUpperCase() ?? (body.length === 0 ? 'GET' : 'POST'),
    path: document?.path ?? '/',
    scheme: document?.scheme ?? 'http',
    authority: host ?? AUTHORITY,
    headers: typed(
      headers.filter(([name]) => name !== 'host'),
      document,
    ),
    body,
    trailers: linesOf(document?.trailers),
  };
}

export function responseOf(document: TestDocument['backend']): HttpResponse {
  return {
    status: document?.status ?? 200,
    headers: typed(linesOf(document?.headers), document),
    body: bytesOf(bytesDocument(document?.body, document?.bodyBase64)),
    trailers: linesOf(document?.trailers),
  };
}

/** A body that is written as JSON is sent as JSON. */
function typed(
  headers: readonly HeaderLine[],
  document: { readonly body?: unknown; readonly bodyBase64?: string | null | undefined } | null | undefined,
): readonly HeaderLine[] {
  const isJson = bytesDocument(document?.body, document?.bodyBase64)?.kind === 'json';
  if (!isJson || headers.some(([name]) => name === 'content-type')) return headers;
  return [...headers, ['content-type', 'application/json']];
}

function linesOf(
  headers: Readonly<Record<string, string | readonly string[]>> | null | undefined,
): readonly HeaderLine[] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): HeaderLine => [name.toLowerCase(), one]),
  );
}
