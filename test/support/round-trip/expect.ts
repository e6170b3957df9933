import assert from 'node:assert/strict';
import type { GeneratedAnswer, GeneratedRequest } from './generate.ts';
import type { Dialect, OracleName, SeenRequest } from './oracles.ts';

/** What a caller got. */
export interface Received {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

const isMulti = (dialect: Dialect) => dialect === 'alb-multi';
const isV2 = (dialect: Dialect) => dialect === 'api-gateway-v2' || dialect === 'function-url';

/** Compares what the application saw with what was sent; how it looks behind a framework is said here, by dialect. */
export function checkSeen(oracle: OracleName, dialect: Dialect, sent: GeneratedRequest, seen: SeenRequest): void {
  assert.equal(seen.method, sent.method);
  assert.equal(seen.path, seenPath(oracle, dialect, sent.path));
  checkQuery(oracle, dialect, sent.query ?? '', seen.query);
  checkHeaders(oracle, dialect, sent.headers, seen.headers);
  assert.deepEqual(Buffer.from(seen.body ?? ''), sent.body ?? Buffer.alloc(0), 'body');
}

/** An HTTP API decodes the path. Hono's URL parser then encodes it anew, Mangum decodes once more. */
function seenPath(oracle: OracleName, dialect: Dialect, sent: string): string {
  const path = dialect === 'api-gateway-v2' ? decodeURIComponent(sent) : sent;
  if (oracle === 'hono') return new URL(`https://shop.test${path}`).pathname;
  return oracle === 'mangum' ? percentDecoded(path) : path;
}

/** What is no escape stays. */
function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => decodeURIComponent(escapes));
}

function checkQuery(oracle: OracleName, dialect: Dialect, sent: string, seen: string): void {
  if (isV2(dialect)) {
    assert.equal(seen, oracle === 'hono' ? new URL(`https://shop.test/?${sent}`).search.slice(1) : sent);
    return;
  }
  // 1.0 and ALB lose the spelling: pairs are compared, decoded.
  const expected = pairsOf(sent);
  if (dialect === 'alb') for (const [key, values] of expected) expected.set(key, values.slice(-1));
  // An assignment to this name of an object makes no key of it.
  if (oracle === 'express') expected.delete('__proto__');
  const found = pairsOf(seen);
  if (oracle === 'express') found.delete('__proto__');
  assert.deepEqual(sorted(found), sorted(expected));
}

function sorted(pairs: ReadonlyMap<string, readonly string[]>): readonly unknown[] {
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
}

function pairsOf(query: string): Map<string, readonly string[]> {
  const pairs = new Map<string, readonly string[]>();
  for (const piece of query.split('&').filter((text) => text !== '')) {
    const end = piece.indexOf('=');
    const key = decoded(end === -1 ? piece : piece.slice(0, end));
    pairs.set(key, [...(pairs.get(key) ?? []), decoded(end === -1 ? '' : piece.slice(end + 1))]);
  }
  return pairs;
}

/** An invalid sequence stays as it is typed. */
function decoded(text: string): string {
  return new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? '';
}

function checkHeaders(
  oracle: OracleName,
  dialect: Dialect,
  sent: GeneratedRequest['headers'],
  seen: SeenRequest['headers'],
): void {
  const names = new Set(sent.map(([name]) => name));
  for (const name of names) {
    const values = sent.filter(([key]) => key === name).map(([, value]) => value);
    if (name === 'cookie') {
      const pairs = (text: string) => text.split(';').map((pair) => pair.trim());
      assert.deepEqual(pairs(seen[name] ?? ''), values.flatMap(pairs), 'cookies');
    } else assert.equal(seen[name], joined(oracle, dialect, values), name);
  }
}

function joined(oracle: OracleName, dialect: Dialect, values: readonly string[]): string | undefined {
  if (isV2(dialect)) return values.join(',');
  if (dialect === 'alb') return values.at(-1);
  if (oracle === 'hono') return values.join(isMulti(dialect) ? '; ' : ', ');
  // serverless-http lets `headers` win over `multiValueHeaders`.
  return isMulti(dialect) || oracle === 'mangum' ? values.join(', ') : values.at(-1);
}

const defaultType: Readonly<Record<Dialect, string | undefined>> = {
  'api-gateway-v1': 'application/json',
  'http-api-v1': 'text/plain; charset=utf-8',
  'api-gateway-v2': 'text/plain; charset=utf-8',
  'function-url': 'text/plain; charset=utf-8',
  alb: undefined,
  'alb-multi': undefined,
};

/** Compares what the caller got with what the application answered. `isEnvoy`: it came through one, which has its own ways. */
export function checkReceived(
  { oracle, dialect, isEnvoy }: { oracle: OracleName; dialect: Dialect; isEnvoy: boolean },
  method: string,
  answered: GeneratedAnswer,
  received: Received,
): void {
  const { status, headers, cookies, body } = answered;
  const valuesOf = (name: string) => received.headers.filter(([key]) => key === name).map(([, value]) => value);
  const noBody = status === 204 || status === 304 || method === 'HEAD';
  assert.equal(received.status, status);
  assert.deepEqual(Buffer.from(received.body), noBody ? Buffer.alloc(0) : body, 'body');
  for (const [name, value] of headers) {
    // Envoy takes the content type off an answer without a body.
    if (isEnvoy && name === 'content-type' && (noBody || body.length === 0)) continue;
    assert.deepEqual(valuesOf(name), [value], name);
  }
  if (!headers.some(([name]) => name === 'content-type') && !(isEnvoy && body.length === 0)) {
    // Mangum has a default of its own.
    const own = oracle === 'mangum' && isV2(dialect) ? 'application/json' : undefined;
    const type = own ?? (status === 204 || status === 304 ? undefined : defaultType[dialect]);
    assert.deepEqual(valuesOf('content-type'), type === undefined ? [] : [type], 'content-type');
  }
  assert.deepEqual(valuesOf('set-cookie'), receivedCookies(oracle, dialect, cookies), 'set-cookie');
}

/** In ALB's single mode there is place for one: Hono sends the first, serverless-http none, Mangum varies the case of the name. */
function receivedCookies(oracle: OracleName, dialect: Dialect, cookies: readonly string[]): readonly string[] {
  if (dialect !== 'alb' || oracle === 'mangum') return cookies;
  return oracle === 'express' ? [] : cookies.slice(0, 1);
}
