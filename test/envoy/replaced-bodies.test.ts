// What the headers said of a body that a policy replaced.
import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import type { Answering } from '../support/backend.ts';
import { type EchoLambda, echoApis, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { BodyMode } from '../support/envoy-config.ts';

const replaces = { payload: 'p', mutations: { body: 'new' } };
const apis: Readonly<Record<string, object>> = {
  replaces: { response: [replaces] },
  sends: { response: [{ payload: 'new', sendToConsumer: true }] },
  both: { response: [{ payload: '{#response.content}', mutations: { body: 'new' } }] },
  nocontent: { response: [{ payload: 'p', mutations: { status: 204 } }] },
  reads: {
    response: [
      { payload: '{#response.content}', mutations: { headers: { set: { 'x-seen': '{#lambdaResponse.content}' } } } },
    ],
  },
  headers: { response: [{ payload: 'p', mutations: { headers: { set: { 'x-seen': 'yes' } } } }] },
  'range-set': {
    request: [{ payload: 'p', mutations: { headers: { set: { range: 'bytes=1-2' } } } }],
    response: [replaces],
  },
  request: { request: [replaces] },
};
const both = (mode: BodyMode, trailers: 'SEND' | 'SKIP') => ({
  request_header_mode: 'SEND' as const,
  response_header_mode: 'SEND' as const,
  request_body_mode: mode,
  response_body_mode: mode,
  request_trailer_mode: trailers,
  response_trailer_mode: trailers,
});
const modes = {
  none: both('NONE', 'SKIP'),
  buffered: both('BUFFERED', 'SEND'),
  streamed: both('STREAMED', 'SEND'),
  duplex: both('FULL_DUPLEX_STREAMED', 'SEND'),
};

let lambda: EchoLambda;
let environment: Environment;

before(async () => {
  lambda = await startEchoLambda();
  environment = await startEnvironment({
    policies: {
      version: 1,
      envoy: { allowModeOverride: true, responseHeaders: true },
      apis: echoApis(apis, lambda),
    },
    envoy: {
      connectionManager: { http_protocol_options: { enable_trailers: true } },
      backendHttp1: { enable_trailers: true },
      routes: Object.entries(modes).flatMap(([mode, processingMode]) =>
        Object.keys(apis).map((api) => ({
          prefix: `/${mode}/${api}/`,
          metadata: { 'x-lambda-api': api },
          processingMode,
        })),
      ),
    },
  });
});
beforeEach(() => environment.backend.answerWith(file));
after(async () => {
  await environment?.stop();
  lambda?.stop();
});

/** A file of ten bytes. */
const file: Answering = (request) => {
  const range = request.header('range');
  const headers = {
    'accept-ranges': 'bytes',
    etag: request.path.endsWith('weak') ? 'W/"1"' : '"1"',
    'content-digest': 'sha-256=:x:',
    'x-range': range ?? 'none',
    'x-if-range': request.header('if-range') ?? 'none',
  };
  if (range === undefined) return { headers, body: '0123456789' };
  return { status: 206, headers: { ...headers, 'content-range': 'bytes 0-4/10' }, body: '01234' };
};

const ranged = { headers: { range: 'bytes=0-4', 'if-range': '"1"' } };
/** Policies that leave no trailers where the answer has a content-length or no body. STREAMED with trailers has no place for `both`. */
const trailing = ['replaces', 'both', 'nocontent'];
const described = ['content-range', 'accept-ranges', 'etag', 'content-digest'];

for (const mode of Object.keys(modes)) {
  for (const api of ['replaces', 'sends']) {
    test(`${mode}, ${api}: the new body is whole, and nothing describes the old one`, async () => {
      const answer = await environment.call(`/${mode}/${api}/`, ranged);
      assert.deepEqual([answer.status, answer.text], [200, 'new']);
      for (const name of described) assert.equal(answer.headers.get(name), null, name);
      assert.deepEqual([answer.headers.get('x-range'), answer.headers.get('x-if-range')], ['none', 'none']);
    });
  }

  test(`${mode}: a 206 that comes all the same becomes a 200`, async () => {
    const answer = await environment.call(`/${mode}/range-set/`);
    assert.deepEqual([answer.headers.get('x-range'), answer.status, answer.text], ['bytes=1-2', 200, 'new']);
    for (const name of described) assert.equal(answer.headers.get(name), null, name);
  });

  test(`${mode}: a weak etag stays`, async () => {
    assert.equal((await environment.call(`/${mode}/replaces/weak`)).headers.get('etag'), 'W/"1"');
  });

  test(`${mode}: a policy that reads a response reads all of it`, async () => {
    const answer = await environment.call(`/${mode}/reads/`, ranged);
    assert.deepEqual([answer.status, answer.headers.get('x-seen'), answer.text], [200, '0123456789', '0123456789']);
    assert.equal(answer.headers.get('etag'), '"1"');
  });

  test(`${mode}: a policy that reads only headers leaves ranges alone`, async () => {
    const answer = await environment.call(`/${mode}/headers/`, ranged);
    assert.deepEqual([answer.status, answer.headers.get('content-range'), answer.text], [206, 'bytes 0-4/10', '01234']);
  });

  test(`${mode}: a new request body is not part of one`, async () => {
    const headers = { 'content-range': 'bytes 0-4/10', 'content-digest': 'sha-256=:x:', 'content-encoding': 'gzip' };
    await environment.call(`/${mode}/request/`, { method: 'PUT', body: '01234', headers });
    const { last } = environment.backend;
    assert.equal(last?.body.toString(), 'new');
    for (const name of Object.keys(headers)) assert.equal(last?.header(name), undefined, name);
  });

  for (const api of mode === 'streamed' ? trailing.filter((name) => name !== 'both') : trailing) {
    test(`${mode}, ${api}: a trailer header tells of trailers that arrive, or is removed`, async () => {
      environment.backend.answerWith({ body: 'old', headers: { trailer: 'x-end' }, trailers: { 'x-end': 't' } });
      const { headers, trailers, body } = await withTrailers(`/${mode}/${api}/`);
      assert.equal(body, api === 'nocontent' ? '' : 'new');
      assert.equal(
        headers.trailer !== undefined,
        trailers['x-end'] !== undefined,
        JSON.stringify({ headers, trailers }),
      );
    });
  }
}

for (const api of ['replaces', 'both']) {
  test(`duplex, ${api}: digests among the trailers go with the body that they are of`, async () => {
    const trailers = { 'x-end': 't', 'content-digest': 'sha-256=:x:', 'repr-digest': 'sha-256=:x:' };
    environment.backend.answerWith({ body: 'old', headers: { trailer: 'x-end' }, trailers });
    const answer = await withTrailers(`/duplex/${api}/`);
    assert.deepEqual([answer.body, answer.trailers], ['new', { 'x-end': 't' }]);
  });
}

/** `fetch` knows no trailers. */
async function withTrailers(path: string) {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    get(environment.envoy.url + path, { headers: { te: 'trailers' } }, resolve).on('error', reject);
  });
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  return { headers: incoming.headers, trailers: incoming.trailers, body };
}
