// send_body_without_waiting_for_header_response: what is replied to the headers is final, and comes when policies have run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EchoLambda, echoApis, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { BodyMode } from '../support/envoy-config.ts';

const reads = {
  payload: '{#request.content}',
  mutations: { headers: { set: { 'x-tier': '{#lambdaResponse.content}' } } },
};
const both = (mode: BodyMode, trailers: 'SEND' | 'SKIP' = 'SKIP') => ({
  request_header_mode: 'SEND' as const,
  response_header_mode: 'SEND' as const,
  request_body_mode: mode,
  response_body_mode: mode,
  request_trailer_mode: trailers,
  response_trailer_mode: trailers,
});
const apis: Readonly<Record<string, object>> = {
  reads: { request: [reads] },
  path: { request: [{ ...reads, mutations: { path: '/{#lambdaResponse.content}' } }] },
  replaces: { request: [{ payload: 'p', mutations: { body: 'new' } }] },
  'reads-replaces': { request: [{ ...reads, mutations: { body: '[{#lambdaResponse.content}]' } }] },
  'reads-empties': { request: [{ ...reads, mutations: { body: '' } }] },
  answers: { request: [{ payload: reads.payload, sendToConsumer: true }] },
  'response-reads': {
    response: [
      {
        payload: '{#response.content}',
        mutations: { status: 201, headers: { set: { 'x-seen': '{#lambdaResponse.content.length()}' } } },
      },
    ],
  },
  'response-replaces': { response: [{ payload: 'p', mutations: { body: 'new' } }] },
  'response-reads-replaces': { response: [{ payload: '{#response.content}', mutations: { body: 'new' } }] },
};
const modes = {
  streamed: both('STREAMED'),
  buffered: both('BUFFERED'),
  partial: both('BUFFERED_PARTIAL'),
  none: both('NONE'),
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
      filter: { send_body_without_waiting_for_header_response: true },
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
after(async () => {
  await environment?.stop();
  lambda?.stop();
});

const post = async (path: string, body: string | ReadableStream, headers: Record<string, string> = {}) => {
  environment.backend.reset();
  const answer = await environment.call(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
  return { ...answer, seen: environment.backend.last };
};

/** Chunks that arrive one after the other. */
const chunks = (...all: readonly string[]): ReadableStream =>
  new ReadableStream({
    async start(controller) {
      for (const chunk of all) {
        controller.enqueue(Buffer.from(chunk));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      controller.close();
    },
  });

for (const mode of ['streamed', 'buffered', 'partial']) {
  test(`${mode}: a header that depends on the body takes the place of the caller's own`, async () => {
    for (const body of ['gold', chunks('go', 'ld')]) {
      const { status, seen } = await post(`/${mode}/reads/`, body, { 'x-tier': 'platinum' });
      assert.deepEqual([status, seen?.header('x-tier'), seen?.body.toString()], [200, 'gold', 'gold']);
    }
    const { seen } = await post(`/${mode}/path/`, 'other');
    assert.equal(seen?.path, '/other');
  });

  test(`${mode}: a new body arrives whole, of any length`, async () => {
    for (const body of ['a', 'longer than the new one', chunks('a', 'b', 'c')]) {
      const { status, seen, text } = await post(`/${mode}/replaces/`, body);
      assert.deepEqual([status, seen?.body.toString()], [200, 'new'], text);
    }
    for (const body of ['abc', chunks('a', 'b', 'c')]) {
      const { status, seen, text } = await post(`/${mode}/reads-replaces/`, body);
      assert.deepEqual([status, seen?.body.toString()], [200, '[abc]'], text);
      assert.equal((await post(`/${mode}/reads-empties/`, 'abc')).seen?.body.toString(), '');
    }
  });

  test(`${mode}: an answer of the function's own comes before the backend is called`, async () => {
    const { status, text, seen } = await post(`/${mode}/answers/`, chunks('own', ' answer'));
    assert.deepEqual([status, text, seen], [200, 'own answer', undefined]);
  });

  test(`${mode}: a response's headers wait for its body too`, async () => {
    environment.backend.answerWith({ body: pieces('one', 'two') });
    const answer = await environment.call(`/${mode}/response-reads/`);
    assert.deepEqual([answer.status, answer.headers.get('x-seen'), answer.text], [201, '6', 'onetwo']);
    for (const api of ['response-replaces', 'response-reads-replaces']) {
      environment.backend.answerWith({ body: pieces('one', 'two') });
      const replaced = await environment.call(`/${mode}/${api}/`);
      assert.deepEqual([replaced.status, replaced.text], [200, 'new'], api);
      environment.backend.answerWith({ body: 'of another length' });
      assert.equal((await environment.call(`/${mode}/${api}/`)).text, 'new', api);
    }
  });

  test(`${mode}: what has no body is served as ever`, async () => {
    const { status, seen } = await post(`/${mode}/replaces/`, '');
    assert.deepEqual([status, seen?.body.toString()], [200, 'new']);
    const answer = await environment.call(`/${mode}/reads/`, { headers: { 'x-tier': 'platinum' } });
    assert.deepEqual([answer.status, environment.backend.last?.header('x-tier')], [200, '']);
    environment.backend.answerWith({ status: 200, headers: { 'content-length': '0' } });
    assert.equal((await environment.call(`/${mode}/response-replaces/`)).text, 'new');
  });
}

test('none: a body that Envoy would never send is refused before the backend is called', async () => {
  const { status, text, seen } = await post('/none/reads/', 'gold', { 'x-tier': 'platinum' });
  assert.deepEqual([status, seen], [500, undefined]);
  assert.match(text, /The body that a Lambda policy needs is not available/);
  const { err, key } = await environment.sidecar.log(({ msg }) => msg === 'request failed');
  assert.equal(key, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
  assert.match((err as Error).message, /send_body_without_waiting_for_header_response/);
});

async function* pieces(...all: readonly string[]): AsyncGenerator<string> {
  for (const piece of all) {
    yield piece;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
