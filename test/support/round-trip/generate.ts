import { gzipSync } from 'node:zlib';
import { seededRandom } from '../seeded-random.ts';

/** A request as a caller could send it, and what its function answers. */
export interface RoundTrip {
  readonly request: GeneratedRequest;
  readonly answer: GeneratedAnswer;
  /** What is in it, for the report of what a run covered. */
  readonly classes: readonly string[];
}

export interface GeneratedRequest {
  readonly method: string;
  /** As sent, encoded. */
  readonly path: string;
  /** As sent, without `?`; undefined: there is none. */
  readonly query: string | undefined;
  /** Names in lower case; one that is repeated comes as several lines. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
}

export interface GeneratedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

type Choice<T> = readonly [className: string, value: T];

const methods: readonly Choice<string>[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'].map(
  (method) => [method, method],
);

const paths: readonly Choice<string>[] = [
  ['plain path', '/users/7'],
  ['root', '/'],
  ['slash at the end', '/users/'],
  ['blank', '/a%20b'],
  ['letters beyond ASCII', '/%C3%BC/%E2%82%AC'],
  ['plus in the path', '/a+b'],
  ['encoded slash', '/a%2Fb'],
  ['small hexadecimals', '/a%2fb%c3%bc'],
  ['sub-delimiters', "/a;b=c,d/!$&'()*"],
  ['encoded percent', '/100%25'],
  ['double slash', '/a//b'],
  ['long path', `/${'segment/'.repeat(60)}`],
];

const queries: readonly Choice<string | undefined>[] = [
  ['no query', undefined],
  ['query', 'a=1&b=2'],
  ['repeated key', 'id=1&id=2&id=1'],
  ['key without value', 'foo'],
  ['empty value', 'foo='],
  ['plus for a blank', 'q=a+b'],
  ['encoded blank', 'q=a%20b'],
  ['encoded comma', 'q=a%2Cb&q=c,d'],
  ['encoded ampersand', 'q=a%26b&r=c%3Dd'],
  ['equals in the value', 'token=a=b=='],
  ['letters in the query', 'n%C3%A4me=%E2%82%AC'],
  ['URL in the query', 'next=https%3A%2F%2Fa.test%2Fx%3Fy%3Dz%26w%3D1'],
  ['empty pieces', '&a=1&&b=2&'],
  ['semicolon', 'a=X;Y'],
  ['brackets', 'filter%5Ba%5D=1&filter[b]=2'],
  ['malformed percent', 'a=%zz&b=100%'],
  ['names of prototypes', '__proto__=1&constructor=2'],
];

const cookieHeaders: readonly Choice<readonly string[]>[] = [
  ['no cookie', []],
  ['one cookie', ['session=abc']],
  ['several cookies', ['session=abc; theme=dark; empty=']],
  ['cookie with equals', ['token=a=b==; x="quoted"']],
];

const furtherHeaders: readonly Choice<readonly (readonly [string, string])[]>[] = [
  ['no further header', []],
  ['further header', [['x-trace', 'abc']]],
  [
    'repeated header',
    [
      ['x-many', 'one'],
      ['x-many', 'two'],
    ],
  ],
  ['header with a comma', [['accept', 'text/html, application/json;q=0.9']]],
  ['credentials', [['authorization', 'Bearer a.b.c']]],
  ['header with quotes', [['if-none-match', '"a\\b"']]],
];

interface Content {
  readonly type: string | undefined;
  readonly encoding?: string;
  readonly body: Buffer;
}

const binary = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const contents: readonly Choice<Content | undefined>[] = [
  ['no body', undefined],
  ['JSON', { type: 'application/json', body: Buffer.from('{"a": "ü", "n": 1.50}') }],
  ['JSON with charset', { type: 'application/json; charset=utf-8', body: Buffer.from('{"a":"\\u0000"}') }],
  ['problem+json', { type: 'application/problem+json', body: Buffer.from('{"title":"no"}') }],
  ['text', { type: 'text/plain', body: Buffer.from('lines\r\nand "quotes" \\ 😀') }],
  ['form', { type: 'application/x-www-form-urlencoded', body: Buffer.from('a=1&b=x+y&c=%C3%BC') }],
  ['XML', { type: 'application/xml', body: Buffer.from('<a b="c">é</a>') }],
  ['binary', { type: 'application/octet-stream', body: binary }],
  ['image', { type: 'image/png', body: Buffer.concat([Buffer.from('\x89PNG\r\n', 'latin1'), binary]) }],
  ['text that is not UTF-8', { type: 'text/plain', body: Buffer.from([0x61, 0xff, 0xfe, 0x62]) }],
  ['gzip', { type: 'application/json', encoding: 'gzip', body: gzipSync('{"a":1}') }],
  ['long text', { type: 'text/plain', body: Buffer.from('0123456789abcdef'.repeat(2_000)) }],
];

/** No framework asks whether the text that it answers is UTF-8. */
const answered = contents.filter(([name]) => name !== 'text that is not UTF-8');

const statuses: readonly Choice<number>[] = [200, 200, 200, 201, 204, 301, 304, 400, 404, 422, 500, 503].map(
  (status) => [`status ${status}`, status],
);

const setCookies: readonly Choice<readonly string[]>[] = [
  ['no set-cookie', []],
  ['one set-cookie', ['a=1; Path=/; HttpOnly']],
  ['several set-cookie', ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2; Secure', 'c=']],
];

const answerHeaders: readonly Choice<readonly (readonly [string, string])[]>[] = [
  ['no answer header', []],
  ['location', [['location', 'https://b.test/x?y=z']]],
  ['www-authenticate', [['www-authenticate', 'Basic realm="a"']]],
  [
    'cache headers',
    [
      ['cache-control', 'no-store'],
      ['etag', 'W/"1"'],
      ['vary', 'accept, origin'],
    ],
  ],
];

/** The same sequence for the same seed. */
export function generator(seed: number): () => RoundTrip {
  const random = seededRandom(seed);
  const pick = <T>(choices: readonly Choice<T>[]): Choice<T> => {
    const choice = choices[Math.floor(random() * choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  };
  return () => {
    const [methodClass, method] = pick(methods);
    const [pathClass, path] = pick(paths);
    const [queryClass, query] = pick(queries);
    const [cookieClass, cookies] = pick(cookieHeaders);
    const [furtherClass, further] = pick(furtherHeaders);
    const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const [contentClass, content] = hasBody ? pick(contents) : (contents[0] ?? pick(contents));
    const [statusClass, status] = pick(statuses);
    const [setCookieClass, lines] = pick(setCookies);
    const [headerClass, headers] = pick(answerHeaders);
    const [answerClass, sent] = pick(answered);
    const answer = {
      status,
      headers: [...headers, ...described(sent)],
      cookies: lines,
      body: sent?.body ?? Buffer.alloc(0),
    };
    return {
      request: {
        method,
        path,
        query,
        headers: [
          ['host', 'shop.test'],
          ['user-agent', 'round-trip/1.0'],
          ...cookies.map((cookie): [string, string] => ['cookie', cookie]),
          ...further,
          ...described(content),
        ],
        body: content?.body,
      },
      answer,
      classes: [
        ...[methodClass, pathClass, queryClass, cookieClass, furtherClass, `request: ${contentClass}`],
        ...[statusClass, setCookieClass, headerClass, `answer: ${answerClass}`],
      ],
    };
  };
}

function described(content: Content | undefined): [string, string][] {
  const headers: [string, string][] = [];
  if (content?.type !== undefined) headers.push(['content-type', content.type]);
  if (content?.encoding !== undefined) headers.push(['content-encoding', content.encoding]);
  return headers;
}
