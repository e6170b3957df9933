import { randomBytes } from 'node:crypto';
import { isOfConnection } from '../../http-syntax.ts';
import type { RequestView } from '../format.ts';
import { quote, quoteAll } from '../json-text.ts';
import { canonicalKey } from './canonical-name.ts';

export interface EventHeader {
  /** In lower case. */
  readonly name: string;
  /** At least one. */
  readonly values: readonly string[];
}

/** Headers of an event besides those of the request. */
export interface HeaderRules {
  /** Bytes of the body as the header `content-length`; undefined: events of the dialect have no such header. */
  readonly contentLength: number | undefined;
  /** Those that the load balancer of the dialect would add: a trace id. */
  readonly hasTraceId: boolean;
}

/** Added below, from what is known of the request. */
const OWN: ReadonlySet<string> = new Set(['host', 'content-length', 'x-forwarded-port']);

/** Headers of one connection, of Envoy or of HTTP/2. `expect` is the caller's: AWS's events contain it. */
function isHidden(name: string): boolean {
  if (OWN.has(name) || name.startsWith('x-envoy-') || name.charCodeAt(0) === COLON) return true;
  return isOfConnection(name) && name !== 'expect';
}

/**
 * The headers of a request in its event: with the changes by policies, `host` from the authority, and
 * `x-forwarded-for`, `-proto` and `-port`, which every event of AWS has.
 */
export function eventHeaders(request: RequestView, { contentLength, hasTraceId }: HeaderRules): readonly EventHeader[] {
  const { headers } = request;
  const result: EventHeader[] = [];
  const host = hostOf(request);
  if (host !== null) result.push({ name: 'host', values: [host] });
  for (const spelled of headers.names()) {
    const name = spelled.toLowerCase();
    if (isHidden(name)) continue;
    const values = headers.values(name);
    if (values !== undefined && values.length > 0) result.push({ name, values });
  }
  const add = (name: string, value: string): void => {
    result.push({ name, values: [value] });
  };
  if (contentLength !== undefined) add('content-length', String(contentLength));
  const isMissing = (name: string): boolean => headers.values(name) === undefined && !headers.isChanged(name);
  if (isMissing('x-forwarded-for') && request.remoteAddress !== null) add('x-forwarded-for', request.remoteAddress);
  if (isMissing('x-forwarded-proto')) add('x-forwarded-proto', request.scheme ?? 'http');
  const port = forwardedPort(request);
  if (port !== undefined) add('x-forwarded-port', port);
  if (hasTraceId && isMissing('x-amzn-trace-id')) add('x-amzn-trace-id', traceId(request.timestamp));
  return result;
}

const COLON = 0x3a;

/** For a body that is not read, the caller's own value. */
export function bodyLength({ bytes, headers }: RequestView): number {
  if (bytes !== undefined) return bytes.length;
  const said = headers.values('content-length')?.[0] ?? '';
  return /^\d{1,15}$/.test(said) ? Number(said) : 0;
}

/** Policies may change it, if Envoy allows that. */
export function hostOf({ headers, host }: RequestView): string | null {
  return headers.values('host')?.[0] ?? headers.values(':authority')?.[0] ?? host;
}

/** The caller's own value is ignored; a policy's counts. */
function forwardedPort({ headers, localPort, scheme }: RequestView): string | undefined {
  if (headers.isChanged('x-forwarded-port')) return headers.values('x-forwarded-port')?.at(-1);
  return String(localPort ?? (scheme === 'https' ? 443 : 80));
}

/** As load balancers make it: `Root=1-67891233-abcdef012345678912345678`. */
function traceId(timestamp: number): string {
  const seconds = Math.floor(timestamp / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** A `"name":` of JSON. */
export type HeaderKey = (name: string) => string;

export const keyOf: Readonly<Record<'canonical' | 'lower', HeaderKey>> = {
  canonical: canonicalKey,
  lower: (name) => `${quote(name)}:`,
};

/** A JSON object: of each header the last value. Cookies are one header (RFC 6265, 5.4): all of them. */
export function lastValues(headers: readonly EventHeader[], key: HeaderKey): string {
  let json = '';
  for (const { name, values } of headers) {
    const value = name === 'cookie' ? values.join('; ') : (values.at(-1) ?? '');
    json += `${json === '' ? '{' : ','}${key(name)}${quote(value)}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

/** A JSON object: of each header an array with all values. */
export function allValues(headers: readonly EventHeader[], key: HeaderKey): string {
  let json = '';
  for (const { name, values } of headers) json += `${json === '' ? '{' : ','}${key(name)}${quoteAll(values)}`;
  return json === '' ? '{}' : `${json}}`;
}

/** A JSON object: of each header its values with a comma between them, without a blank; cookies where they are asked for. */
export function joinedValues(headers: readonly EventHeader[], hasCookies: boolean): string {
  let json = '';
  for (const { name, values } of headers) {
    const isCookie = name === 'cookie';
    if (isCookie && !hasCookies) continue;
    json += `${json === '' ? '{' : ','}${keyOf.lower(name)}${quote(values.join(isCookie ? '; ' : ','))}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

/** The pairs of all Cookie headers, in order, untouched. */
export function cookiesOf(headers: readonly EventHeader[]): readonly string[] {
  const cookies = headers.find(({ name }) => name === 'cookie');
  if (cookies === undefined) return [];
  return cookies.values.flatMap((value) => value.split(';')).flatMap((pair) => pair.trim() || []);
}
