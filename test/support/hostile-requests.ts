import { gzipSync } from 'node:zlib';
import { seededRandom } from './seeded-random.ts';

/** A request as callers make them up. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
  readonly body: Uint8Array | undefined;
  readonly remoteAddress: string | null;
  /** Kinds of trouble in it. */
  readonly classes: readonly string[];
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const PATH_PIECES = [
  'a',
  'users',
  '%2F',
  '%2f',
  '%20',
  '+',
  '%zz',
  '%',
  '%C3%A9',
  '%ff',
  '%00',
  '%25',
  '..',
  '.',
  ';',
  '=',
  '&',
  '%3F',
  '%23',
  '"',
  '\\',
  '~',
  '{x}',
  "'",
  '$default',
  '%E2%82',
  '%F0%9F%98%80',
];
const QUERY_PIECES = [
  'a=1&',
  'a',
  'b',
  '10',
  '2',
  '=',
  '=',
  '&',
  '&',
  '+',
  '%20',
  '%2B',
  '%26',
  '%3D',
  '%zz',
  '%',
  '%ff',
  '%C3%A9',
  ';',
  '?',
  '/',
  '__proto__',
  'constructor',
  '%00',
  '"',
  '\\',
  '[]',
  '%F0%9F%98%80',
  '%ED%A0%80',
];
const VALUES = [
  '',
  ' ',
  '1',
  'a, b',
  '"quoted"',
  '\\',
  '\t',
  'é',
  '😀',
  '\u2028',
  '%41',
  'a;b',
  '</script>',
  '{"json":1}',
];
const COOKIES = [
  'a=1',
  'b="x; y"',
  'c',
  '=d',
  ' e = f ',
  '',
  ';',
  'expires=Wed, 01 Jan 2020 00:00:00 GMT',
  'z=😀',
  '__proto__=1',
];
const TYPES = [
  'application/json',
  'text/plain; charset=iso-8859-1',
  'TEXT/HTML',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'image/png',
  'application/vnd.api+json',
  'application/octet-stream',
  '',
  ';',
  'application/x-thing',
  'a/b+xml',
];
const CODINGS = ['gzip', 'br', 'identity', 'Identity, identity', 'unknown', ''];
const NAMES = [
  'x-a',
  'x-b',
  'accept',
  'authorization',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-request-id',
  'user-agent',
  'x-amzn-trace-id',
  'te',
  'connection',
  'x-envoy-original-path',
  'host2',
  '__proto__',
  'constructor',
  'x_under-score',
  'x-9-lives',
  'expect',
];
const ADDRESSES = ['203.0.113.9', '2001:db8::7', null, '/tmp/socket', '127.0.0.1'];

/** Requests without an end, the same for one seed. */
export function* hostileRequests(seed: number): Generator<HostileRequest, never> {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const many = (list: readonly string[], most: number): string =>
    Array.from({ length: below(most + 1) }, () => one(list)).join('');
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));

  for (;;) {
    const classes = new Set<string>();
    const note = (name: string, holds: boolean): boolean => {
      if (holds) classes.add(name);
      return holds;
    };
    const path = `/${Array.from({ length: below(4) }, () => many(PATH_PIECES, 4)).join('/')}`;
    note('path with escapes', path.includes('%'));
    const query = note('no query', random() < 0.2) ? undefined : many(QUERY_PIECES, 12);
    note('query with a broken escape', query !== undefined && /%(?![0-9a-fA-F]{2})/.test(query));
    note('query with repeated names', /(?:^|&)a=.*&a=/.test(query ?? ''));
    const headers: [string, Uint8Array][] = [];
    for (let left = below(8); left > 0; left--) {
      const isOdd = note('header that is no UTF-8', random() < 0.1);
      headers.push([one(NAMES), isOdd ? Buffer.from([0x61, 0xe9, 0xff]) : Buffer.from(one(VALUES))]);
    }
    for (let left = note('cookies', random() < 0.5) ? 1 + below(3) : 0; left > 0; left--) {
      headers.push(['cookie', Buffer.from(Array.from({ length: below(4) }, () => one(COOKIES)).join(';'))]);
    }
    if (note('content type', random() < 0.7)) headers.push(['content-type', Buffer.from(one(TYPES))]);
    const coding = note('content coding', random() < 0.3) ? one(CODINGS) : undefined;
    if (coding !== undefined) headers.push(['content-encoding', Buffer.from(coding)]);
    const body = bodyOf();
    if (body !== undefined && random() < 0.7) headers.push(['content-length', Buffer.from(String(body.length))]);
    yield { method: one(METHODS), path, query, headers, body, remoteAddress: one(ADDRESSES), classes: [...classes] };

    function bodyOf(): Uint8Array | undefined {
      const kind = below(6);
      if (note('no body', kind === 0)) return undefined;
      if (note('empty body', kind === 1)) return Buffer.alloc(0);
      if (note('binary body', kind === 2)) return bytes(below(200));
      if (note('coded body', kind === 3)) return gzipSync(bytes(below(50)));
      const text = Array.from({ length: below(30) }, () =>
        one([...VALUES, '\u0000', '\u001f', '\n', 'plain text ']),
      ).join('');
      if (note('body cut in a character', kind === 4)) return Buffer.from(`${text}😀`).subarray(0, -2);
      note('text body', true);
      return Buffer.from(text);
    }
  }
}
