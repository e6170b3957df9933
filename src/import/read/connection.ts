import type { Connection, Http2Options } from '../definition.ts';
import type { Report } from '../report.ts';
import { carryHeaders } from './headers.ts';
import type { Reader } from './reader.ts';
import { readTls } from './tls.ts';
import { readHeaders } from './values.ts';

/** The connection settings of an endpoint or a group, with the field names of v2 and v4. */
export interface ConnectionParts {
  readonly http: Reader;
  readonly ssl: Reader;
  readonly proxy: Reader;
  readonly headers: Reader;
  /** e.g. "endpoint e1 of group default". */
  readonly owner: string;
}

export function readConnection(parts: ConnectionParts, report: Report): Connection {
  const { http, headers, owner } = parts;
  const { host, headers: carried } = carryHeaders(readHeaders(headers), owner, headers.path, report);
  const tls = readTls(parts.ssl, owner, report);
  const http2 = readHttp2(http, owner, report);
  tellProxy(parts.proxy, owner, report);
  tellHttp(http, owner, report);
  const times = {
    connectTimeoutMs: time(http, 'connectTimeout'),
    readTimeoutMs: time(http, 'readTimeout'),
    streamIdleMs: time(http, 'idleTimeout'),
    connectionIdleMs: time(http, 'keepAliveTimeout'),
    connectionLifetimeMs: time(http, 'maxConnectionLifetime'),
    maxConnections: time(http, 'maxConcurrentConnections'),
    maxWaiting: time(http, 'maxWaitQueueSize'),
  };
  const numbers = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
  return {
    ...numbers,
    ...(http.flag('keepAlive') === false && { keepAlive: false }),
    ...(http2 !== undefined && { http2 }),
    ...(http.flag('propagateClientHost') === true && { preserveHost: true }),
    ...(host !== undefined && { host }),
    ...(Object.keys(carried).length > 0 && { headers: carried }),
    ...(tls !== undefined && { tls }),
  };
}

/** Whole and not negative; Envoy counts in 32 bits. */
function time(http: Reader, name: string): number | undefined {
  const value = http.number(name);
  return value === undefined || value < 0 ? undefined : Math.min(Math.round(value), 2 ** 31 - 1);
}

function readHttp2(http: Reader, owner: string, report: Report): Http2Options | undefined {
  const version = http.text('version') ?? 'HTTP_1_1';
  const limit = (name: string, least: number): number | undefined => {
    const value = http.number(name);
    return value === undefined || value < least ? undefined : Math.min(Math.round(value), 2 ** 31 - 1);
  };
  const maxConcurrentStreams = limit('http2MultiplexingLimit', 1);
  const connectionWindow = limit('http2ConnectionWindowSize', 65_535);
  const streamWindow = limit('http2StreamWindowSize', 65_535);
  if (version !== 'HTTP_2') {
    if (version !== 'HTTP_1_1')
      report.add('changed', `${owner} uses ${version}: HTTP/1.1 is used`, `${http.path}.version`);
    if ((maxConcurrentStreams ?? connectionWindow ?? streamWindow) !== undefined) {
      report.add(
        'told',
        `HTTP/2 limits of ${owner}, which uses HTTP/1.1`,
        `${http.path}.http2MultiplexingLimit`,
        `${http.path}.http2ConnectionWindowSize`,
        `${http.path}.http2StreamWindowSize`,
      );
    }
    return undefined;
  }
  return {
    ...(maxConcurrentStreams !== undefined && { maxConcurrentStreams }),
    ...(connectionWindow !== undefined && { connectionWindow }),
    ...(streamWindow !== undefined && { streamWindow }),
  };
}

function tellProxy(proxy: Reader, owner: string, report: Report): void {
  if (!proxy.isThere) return;
  const isUsed = proxy.flag('enabled') === true || proxy.flag('useSystemProxy') === true;
  proxy.skip();
  if (isUsed) report.add('changed', `the outgoing proxy of ${owner}: Envoy connects to the target itself`, proxy.path);
  else report.add('told', `the outgoing proxy of ${owner}, which is off`, proxy.path);
}

/** Options of the gateway's client that Envoy does not have, or applies by itself. */
const TOLD_OPTIONS: readonly (readonly [name: string, what: string])[] = [
  ['pipelining', 'HTTP pipelining, which Envoy does not do'],
  ['useCompression', "compression between gateway and backend: Envoy passes the caller's accept-encoding on"],
  ['propagateClientAcceptEncoding', "the caller's accept-encoding, which Envoy passes on in any case"],
  ['clearTextUpgrade', 'the upgrade from HTTP/1.1 to HTTP/2: Envoy speaks HTTP/2 from the start'],
  ['http2MaxFrameSize', 'the size of HTTP/2 frames'],
  ['maxHeaderSize', "the size of the backend's headers: Envoy takes 60 KiB"],
  ['maxChunkSize', 'the size of chunks: Envoy takes any'],
];

function tellHttp(http: Reader, owner: string, report: Report): void {
  if (http.flag('followRedirects') === true) {
    const what = `${owner} follows redirects: here they reach the caller; internal_redirect_policy follows those to Envoy itself`;
    report.add('changed', what, `${http.path}.followRedirects`);
  }
  for (const [name, what] of TOLD_OPTIONS) {
    const option = http.get(name);
    if (option.isThere) report.add('told', `${what} (${name} of ${owner})`, option.path);
  }
}
