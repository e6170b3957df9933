// What docs/notes/reference-policy.md says of errors and response templates, as a table: every Accept with every set of
// templates for each key, against an oracle that is written from the page's words and shares no code with the answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, type EvaluationContext } from '../../../src/expression/index.ts';
import type { ResponseTemplate } from '../../../src/policy/api-policies.ts';
import { errorAnswer } from '../../../src/policy/error-answer.ts';
import { type ErrorKey, errorCatalogue } from '../../../src/policy/error-catalogue.ts';
import { HttpHeaders, ListedHeaders } from '../../../src/policy/http-headers.ts';
import { RequestMessage } from '../../../src/policy/message.ts';
import { PolicyFailure } from '../../../src/policy/policy-failure.ts';

const keys = Object.keys(errorCatalogue) as ErrorKey[];
const accepts: readonly (readonly string[] | undefined)[] = [
  undefined,
  [''],
  ['*/*'],
  ['application/json'],
  ['text/html'],
  ['text/*'],
  ['application/xml, text/html'],
  ['text/html, application/json'],
  ['text/html;q=0.4, application/json;q=0.9'],
  ['text/html, application/json, */*;q=0.8, application/xml;q=0.9'],
  ['*/*, application/xml'],
  ['*/*;q=0.9, text/html;q=0.1'],
  ['application/json;q=0, text/html'],
  ['application/json; charset=utf-8'],
  ['Application/JSON'],
  ['text/html', 'application/json;q=0.5'],
];
/** Media types that a key has templates for; a letter each in the body, so that the answer tells which was taken. */
const typeSets = [
  [],
  ['*/*'],
  ['application/json'],
  ['text/html'],
  ['application/json', 'text/html'],
  ['application/json', '*/*'],
  ['application/xml', 'text/html', '*/*'],
  ['text/*'],
] as const;

interface Wanted {
  readonly status: number;
  readonly body: string | undefined;
  readonly contentType: string | undefined;
}

/** The page's words, one step after the other. */
function oracle(
  key: ErrorKey,
  accept: readonly string[] | undefined,
  own: readonly string[] | undefined,
  general: readonly string[] | undefined,
): Wanted {
  const ranked = (accept ?? [])
    .join(',')
    .split(',')
    .map((entry, place) => {
      const [type = '', ...rest] = entry
        .toLowerCase()
        .split(';')
        .map((each) => each.trim());
      const q = rest.map((each) => /^q=([\d.]+)$/.exec(each)?.[1]).find((each) => each !== undefined);
      return { type, place, q: q === undefined ? 1 : Number(q) };
    })
    .filter(({ type, q }) => type !== '' && q > 0);
  // Wildcards come last on a tie, and otherwise the order is the caller's.
  const wanted = [...ranked].sort((x, y) => {
    if (x.q !== y.q) return y.q - x.q;
    const [wildX, wildY] = [x.type.endsWith('*'), y.type.endsWith('*')];
    if (wildX !== wildY) return wildX ? 1 : -1;
    return x.place - y.place;
  });
  // A key that matches without a fitting content type does not fall back to DEFAULT.
  const [name, types] = own !== undefined ? ['own', own] : general !== undefined ? ['DEFAULT', general] : ['', []];
  for (const type of [...wanted.map((each) => each.type), '*/*']) {
    if (types.includes(type)) {
      return {
        status: 299,
        body: `${name} ${type} ${key}`,
        contentType: type === '*/*' || type === 'text/*' ? 'text/plain' : type,
      };
    }
  }
  const { status, message } = errorCatalogue[key];
  const json = ranked.some(({ type }) => type === 'application/json' || type === '*/*');
  if (json)
    return { status, body: JSON.stringify({ message, http_status_code: status }), contentType: 'application/json' };
  return { status, body: message, contentType: 'text/plain' };
}

function contextOf(accept: readonly string[] | undefined): EvaluationContext {
  const headers = new HttpHeaders(new ListedHeaders((accept ?? []).map((value) => ['accept', Buffer.from(value)])));
  const request = new RequestMessage({
    method: 'GET',
    uri: '/a?b=c',
    scheme: 'http',
    host: 'h',
    version: null,
    protocol: null,
    timestamp: 0,
    remoteAddress: null,
    localAddress: null,
    localPort: null,
    ssl: null,
    headers,
  });
  return { request, attributes: new Map(), variables: new Map() };
}

const template = (text: string, more: Partial<ResponseTemplate> = {}): ResponseTemplate => ({
  status: 299,
  headers: [],
  body: text === '' ? undefined : compileTemplate(text),
  propagateErrorKeyToLogs: false,
  ...more,
});

const templatesOf = (name: string, types: readonly string[]) =>
  new Map(types.map((type) => [type, template(`${name} ${type} {#error.key}`)]));

const contentTypeOf = (headers: readonly (readonly [string, string])[]) =>
  headers.find(([name]) => name === 'content-type')?.[1];

test('every Accept, set of templates and key gets what the page says', (t) => {
  let rows = 0;
  for (const key of keys) {
    for (const accept of accepts) {
      for (const own of [undefined, ...typeSets]) {
        for (const general of [undefined, ...typeSets]) {
          const templates = new Map([
            ...(own === undefined ? [] : [[key, templatesOf('own', own)] as const]),
            ...(general === undefined ? [] : [['DEFAULT', templatesOf('DEFAULT', general)] as const]),
          ]);
          const answer = errorAnswer(new PolicyFailure(key), templates, contextOf(accept), (error) =>
            assert.fail(String(error)),
          );
          const got = {
            status: answer.status,
            body: answer.body?.toString(),
            contentType: contentTypeOf(answer.headers),
          };
          assert.deepEqual(got, oracle(key, accept, own, general), JSON.stringify({ key, accept, own, general }));
          assert.equal(answer.errorKey, key);
          rows++;
        }
      }
    }
  }
  t.diagnostic(
    `${rows} rows: ${keys.length} keys, ${accepts.length} Accepts, ${typeSets.length + 1} sets of templates twice`,
  );
});

const failure = new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', {
  details: 'Service: Lambda, Status Code: 429',
  status: 429,
  retryAfterSeconds: 3,
  parameters: new Map([['function', 'f"1']]),
});
const only = (value: ResponseTemplate) => new Map([[failure.key, new Map([['*/*', value]])]]);
const answerTo = (value: ResponseTemplate, onError: () => void = assert.fail) =>
  errorAnswer(failure, only(value), contextOf(undefined), onError);

test('bodies and headers see the error, its parameters and the request', () => {
  const answer = answerTo(
    template(
      "{#error.statusCode} {#error.message} {#error.parameters['function']} {#parameters['function']} {#request.path}",
      {
        headers: [
          ['X-Key', compileTemplate('{#error.key}')],
          ['x-q', compileTemplate("{#request.params['b'][0]}")],
        ],
      },
    ),
  );
  const message = 'An error occurs while invoking lambda function. Details: [Service: Lambda, Status Code: 429]';
  assert.equal(answer.body?.toString(), `429 ${message} f"1 f"1 /a`);
  assert.deepEqual(answer.headers.slice(0, 2), [
    ['x-key', 'AWS_LAMBDA_INVALID_RESPONSE'],
    ['x-q', 'c'],
  ]);
});

test('an empty body sends none, and no content type', () => {
  for (const text of ['', "{#request.headers['none']}"]) {
    const answer = answerTo(template(text));
    assert.deepEqual([answer.body, contentTypeOf(answer.headers)], [undefined, undefined]);
  }
});

test('the content type of headers wins, and JSON is distinguished from text for */*', () => {
  const own = template('{"a":1}', { headers: [['Content-Type', compileTemplate('application/problem+json')]] });
  assert.equal(contentTypeOf(answerTo(own).headers), 'application/problem+json');
  assert.equal(contentTypeOf(answerTo(template(' [1]')).headers), 'application/json');
});

test('a template that cannot be evaluated is reported, and the default body sent with its Retry-After', () => {
  let reported = 0;
  const answer = answerTo(template('{#context.attributes.nothing.at.all}'), () => {
    reported++;
  });
  assert.deepEqual([reported, answer.status, contentTypeOf(answer.headers)], [1, 429, 'text/plain']);
  assert.ok(answer.headers.some(([name, value]) => name === 'retry-after' && value === '3'));
});

test('a header of a template cannot break the answer', () => {
  const answer = answerTo(
    template('x', {
      headers: [
        ['x-a', compileTemplate("{('a' + #lambdaResponse?.content)}")],
        ['x-b', compileTemplate('a\r\nx-c: 1')],
      ],
    }),
  );
  assert.deepEqual(
    answer.headers.map(([name]) => name),
    ['x-a', 'retry-after', 'content-type'],
  );
});
