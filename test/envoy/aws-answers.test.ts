// Results in AWS's shapes on their way to a caller, through a real Envoy, in HTTP/1.1 and HTTP/2, in both phases.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type EchoLambda, echoApis, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { Json } from '../support/envoy-config.ts';
import { type Caller, callHttp1, callHttp2, type ExactAnswer } from '../support/exact-call.ts';

const formats = ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'function-url', 'alb'];
/** The function answers what the caller asks it to. */
const payload = "{#request.headers['x-result'][0]}";
const apis: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    formats.flatMap((responseFormat) => {
      const step = { payload, responseFormat, sendToConsumer: true };
      return [
        [`send-${responseFormat}`, { request: [step] }],
        [`respond-${responseFormat}`, { response: [step] }],
      ];
    }),
  ),
  'send-multi': {
    request: [{ payload, responseFormat: 'alb', format: { multiValueHeaders: true }, sendToConsumer: true }],
  },
  fails: { request: [{ payload, function: 'fails', responseFormat: 'api-gateway-v2', sendToConsumer: true }] },
  reads: {
    request: [
      {
        payload,
        responseFormat: 'api-gateway-v2',
        mutations: {
          headers: {
            set: {
              'x-seen':
                "{#lambdaResponse.status} {#lambdaResponse.headers['X-A'][0]} {#lambdaResponse.headers['set-cookie'].size()} {#lambdaResponse.content}",
            },
          },
        },
      },
    ],
  },
  decides: {
    request: [{ payload, responseFormat: 'api-gateway-v2', sendToConsumer: '{#lambdaResponse.status >= 400}' }],
  },
};

/** Another filter that changes headers of requests and responses. */
function touching(name: string): Json {
  const change = {
    append: { header: { key: `x-${name}`, value: 'yes' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
  };
  return {
    name,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
      mutations: { request_mutations: [change], response_mutations: [change] },
    },
  };
}

let lambda: EchoLambda;
let environment: Environment;

before(async () => {
  lambda = await startEchoLambda();
  environment = await startEnvironment({
    policies: { version: 1, envoy: { allowModeOverride: true, responseHeaders: true }, apis: echoApis(apis, lambda) },
    envoy: {
      processingMode: { request_header_mode: 'SEND', response_header_mode: 'SEND' },
      routes: Object.keys(apis)
        .sort((a, b) => b.length - a.length)
        .map((api) => ({ prefix: `/${api}`, name: api, metadata: { 'x-lambda-api': api } })),
      connectionManager: { max_request_headers_kb: 96 },
      filtersBefore: [touching('before')],
      filtersAfter: [touching('after')],
    },
  });
});
after(async () => {
  await environment?.stop();
  lambda?.stop();
});
beforeEach(() => environment.backend.reset());

/** ASCII, as a header must be. */
const written = (result: unknown): string =>
  (typeof result === 'string' ? result : JSON.stringify(result)).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const protocols: Readonly<Record<string, Caller>> = { 'HTTP/1.1': callHttp1, 'HTTP/2': callHttp2 };
const send = (caller: Caller, api: string, result: unknown, method = 'GET'): Promise<ExactAnswer> =>
  caller(environment.envoy.url, { method, path: `/${api}`, headers: { 'x-result': written(result) } });

const lines = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2; Path=/', 'c=3'];
/** A result that says the same in every format, with cookies where the format has them. */
function answering(format: string, more: object = {}): object {
  const many = format === 'api-gateway-v1' || format === 'http-api-v1';
  const cookies = many
    ? { multiValueHeaders: { 'Set-Cookie': lines } }
    : format === 'alb'
      ? { headers: { 'X-A': 'a', 'content-type': 'text/html', 'set-cookie': lines[0] } }
      : { cookies: lines };
  const headers = {
    'X-A': 'a',
    'content-type': 'text/html',
    'www-authenticate': 'Basic',
    date: 'Tue, 15 Nov 1994 08:12:31 GMT',
  };
  return { statusCode: 401, headers, ...cookies, body: 'grün', ...more };
}

for (const [protocol, caller] of Object.entries(protocols)) {
  for (const format of formats) {
    for (const phase of ['send', 'respond']) {
      test(`${protocol}, ${phase}-${format}: status, headers, cookies and body arrive as the function said`, async () => {
        // The response phase replaces cookies of the backend, all of them.
        environment.backend.answerWith({
          headers: { 'set-cookie': ['old=1', 'old=2'], 'x-backend': 'b', etag: '"1"' },
          body: 'backend',
        });
        const answer = await send(caller, `${phase}-${format}`, answering(format));
        assert.deepEqual([answer.status, answer.body.toString()], [401, 'grün']);
        assert.deepEqual(answer.values('x-a'), ['a']);
        assert.deepEqual(answer.values('content-type'), ['text/html']);
        // Envoy takes the length off a body that it replaces before it has come.
        assert.deepEqual(answer.values('content-length'), phase === 'send' ? ['5'] : []);
        assert.deepEqual(answer.values('set-cookie'), format === 'alb' ? lines.slice(0, 1) : lines);
        assert.deepEqual(answer.values('etag'), []);
        if (format !== 'alb') {
          assert.deepEqual(answer.values('www-authenticate'), ['Basic']);
          assert.deepEqual(answer.values('date'), ['Tue, 15 Nov 1994 08:12:31 GMT']);
        }
        assert.deepEqual(answer.values('x-backend'), phase === 'send' ? [] : ['b']);
        assert.equal(answer.values('x-result').length, 0, 'wso2 #13797: no header of the request');
      });

      test(`${protocol}, ${phase}-${format}: a HEAD has the length of what a GET would have, and no body`, async () => {
        environment.backend.answerWith({ body: 'backend' });
        const answer = await send(caller, `${phase}-${format}`, answering(format), 'HEAD');
        assert.deepEqual([answer.status, answer.body.length], [401, 0]);
        assert.deepEqual([answer.values('content-length'), answer.values('x-a')], [['5'], ['a']]);
      });

      test(`${protocol}, ${phase}-${format}: 204, 205 and 304 have headers and no body`, async () => {
        environment.backend.answerWith({ body: 'backend' });
        for (const statusCode of [204, 205, 304]) {
          const answer = await send(caller, `${phase}-${format}`, answering(format, { statusCode }));
          assert.deepEqual([answer.status, answer.body.length], [statusCode, 0]);
          assert.deepEqual(answer.values('set-cookie'), format === 'alb' ? lines.slice(0, 1) : lines);
          assert.deepEqual(answer.values('x-a'), ['a']);
          assert.ok(!answer.values('content-length').some((length) => length !== '0'));
        }
      });

      test(`${protocol}, ${phase}-${format}: of a malformed result nothing reaches the caller`, async () => {
        const secret = { 'x-secret': 's3cret', 'set-cookie': 's3cret' };
        for (const [more, status, key] of [
          [{ statusCode: 999 }, 400, 'AWS_LAMBDA_INVALID_STATUS_CODE'],
          [{ headers: { ...secret, 'a b': 'c' } }, 500, 'AWS_LAMBDA_INVALID_RESPONSE'],
          [{ isBase64Encoded: true, body: 's3cret!' }, 500, 'AWS_LAMBDA_INVALID_RESPONSE'],
        ] as const) {
          environment.backend.answerWith({ headers: { 'x-backend': 's3cret' }, body: 'backend s3cret' });
          const result = { statusCode: 200, headers: secret, body: 's3cret', ...more };
          const answer = await send(caller, `${phase}-${format}`, result);
          assert.equal(answer.status, status);
          const entry = await environment.envoy.accessLog(({ route, details }) => {
            return route === `${phase}-${format}` && details === `lambda_ext_proc{${key}}`;
          });
          assert.equal(entry.metadata?.errorKey, key);
          const { 'x-result': _, ...received } = Object.fromEntries(answer.headers);
          assert.doesNotMatch(JSON.stringify(received) + answer.body.toString(), /s3cret/);
        }
      });
    }
  }

  test(`${protocol}: ALB in multi-value mode reads the other field`, async () => {
    const answer = await send(caller, 'send-multi', {
      statusCode: 200,
      headers: { 'x-a': 'single' },
      multiValueHeaders: { 'Set-Cookie': lines, 'x-b': ['1', '2'] },
      body: 'b',
    });
    assert.deepEqual([answer.values('x-a'), answer.values('set-cookie')], [[], lines]);
    assert.equal(answer.values('x-b').join(',').replaceAll(' ', ''), '1,2');
  });

  test(`${protocol}: what 2.0 infers`, async () => {
    for (const [result, body, urlBody] of [
      ['"Hello, World!"', 'Hello, World!', '"Hello, World!"'],
      ['[1, 2]', '[1, 2]', '[1, 2]'],
      ['no JSON', 'no JSON', 'no JSON'],
    ] as const) {
      for (const [format, expected] of [
        ['api-gateway-v2', body],
        ['function-url', urlBody],
      ] as const) {
        const answer = await send(caller, `send-${format}`, result);
        assert.deepEqual([answer.status, answer.body.toString()], [200, expected]);
        assert.deepEqual(answer.values('content-type'), ['application/json']);
      }
    }
  });

  test(`${protocol}: SAM #522, #2590, fakecloud #2413, floci #3153: a function error is never a 200`, async () => {
    const answer = await send(caller, 'fails', { errorMessage: 's3cret', statusCode: 200, body: 's3cret' });
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.body.toString(), /s3cret/);
  });

  test(`${protocol}: binary bodies arrive byte by byte`, async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    for (const format of formats) {
      const headers = { 'content-type': 'application/octet-stream' };
      const answer = await send(caller, `send-${format}`, {
        statusCode: 200,
        headers,
        isBase64Encoded: true,
        body: bytes.toString('base64'),
      });
      assert.deepEqual(answer.body, bytes);
    }
  });

  test(`${protocol}: a redirect without a body keeps its location`, async () => {
    for (const format of formats) {
      const answer = await send(caller, `send-${format}`, {
        statusCode: 302,
        headers: { Location: '/elsewhere?a=b' },
        body: '',
      });
      assert.deepEqual([answer.status, answer.values('location')], [302, ['/elsewhere?a=b']]);
    }
  });

  test(`${protocol}: 200 cookies arrive, and a header of 50,000 characters`, async () => {
    const cookies = Array.from({ length: 200 }, (_, i) => `c${i}=1`);
    const many = await send(caller, 'send-api-gateway-v2', { statusCode: 200, cookies, body: 'b' });
    assert.deepEqual([many.status, many.values('set-cookie')], [200, cookies]);
    const large = { statusCode: 200, headers: { a: 'x'.repeat(50_000) }, body: 'b' };
    assert.equal((await send(caller, 'send-api-gateway-v2', large)).values('a')[0]?.length, 50_000);
  });
}

test('kgateway #8275: a result is read where other filters change headers', async () => {
  for (const api of ['send-api-gateway-v2', 'respond-api-gateway-v2']) {
    const answer = await send(callHttp1, api, { statusCode: 201, headers: { 'x-a': 'a' }, body: 'body' });
    assert.deepEqual([answer.status, answer.body.toString()], [201, 'body']);
    assert.deepEqual([answer.values('x-a'), answer.values('x-before')], [['a'], ['yes']]);
  }
});

test('without sendToConsumer the decoded answer is read, and the request continues', async () => {
  const result = { statusCode: 202, headers: { 'x-a': 'a' }, cookies: ['a=1', 'b=2'], body: 'body' };
  const answer = await send(callHttp1, 'reads', result);
  assert.equal(answer.status, 200);
  assert.equal(environment.backend.last?.header('x-seen'), '202 a 2 body');
  assert.equal(environment.backend.last?.header('x-a'), undefined);
});

test('the decoded status decides whether it is sent', async () => {
  const refused = await send(callHttp1, 'decides', { statusCode: 403, body: 'no' });
  assert.deepEqual([refused.status, refused.body.toString(), environment.backend.calls], [403, 'no', 0]);
  const allowed = await send(callHttp1, 'decides', { statusCode: 204 });
  assert.deepEqual([allowed.status, environment.backend.calls], [200, 1]);
});
