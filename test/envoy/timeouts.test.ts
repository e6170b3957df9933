// Envoy's message timeout, which it does not expose: extended where it is known, answered before it ends, never exceeded.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

let lambda: FaultStub;
let environment: Environment;

before(async () => {
  lambda = await FaultStub.start();
  const configuration = {
    function: 'late',
    endpoint: lambda.endpoint,
    accessKey: 'AKIDEXAMPLE',
    secretKey: 'secret',
    sendToConsumer: true,
  };
  const api = (extra: object = {}) => ({ request: [{ configuration: { ...configuration, ...extra } }] });
  const tell = (messageTimeoutMs: number, maxMessageTimeoutMs?: number) => ({
    'x-lambda-envoy': JSON.stringify({ messageTimeoutMs, maxMessageTimeoutMs }),
  });
  environment = await startEnvironment({
    policies: {
      version: 1,
      apis: {
        late: api(),
        gateway: api({ errorStatus: { timeout: 504 } }),
        api: { ...api(), envoy: { messageTimeoutMs: 1000 } },
        response: { response: [{ configuration: { ...configuration, sendToConsumer: false } }] },
      },
    },
    envoy: {
      messageTimeout: '1s',
      filter: { max_message_timeout: '20s' },
      routes: [
        { prefix: '/untold', name: 'untold', metadata: { 'x-lambda-api': 'late' } },
        { prefix: '/extended', name: 'extended', metadata: { 'x-lambda-api': 'late', ...tell(1000, 20_000) } },
        { prefix: '/by-api', name: 'by-api', metadata: { 'x-lambda-api': 'api' } },
        { prefix: '/told', name: 'told', metadata: { 'x-lambda-api': 'late', ...tell(1000) } },
        { prefix: '/gateway', name: 'gateway', metadata: { 'x-lambda-api': 'gateway', ...tell(1000) } },
        {
          prefix: '/response',
          name: 'response',
          metadata: { 'x-lambda-api': 'response', ...tell(1000, 20_000) },
          action: { timeout: '1s' },
        },
      ],
    },
  });
});
after(async () => {
  await environment?.stop();
  await lambda?.stop();
});
beforeEach(() => {
  lambda.forget();
  lambda.script('late', { kind: 'late', answer: { status: 200, body: '"late"' }, afterMs: 2000 });
});

const overrides = () => environment.envoy.stat('http.test.ext_proc.override_message_timeout_received');

describe('a Lambda that takes 2 s behind a message timeout of 1 s', () => {
  test('is Envoy’s 504 where nobody told the sidecar, and no extension is asked for', async () => {
    const before = await overrides();
    const answer = await environment.call('/untold');
    assert.equal(answer.status, 504);
    assert.equal((await overrides()) - before, 0);
    for (let i = 0; i < 100 && lambda.open > 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(lambda.open, 0, 'the invocation is aborted');
  });

  test('is answered where the timeout may be extended, by one extension', async () => {
    const before = await overrides();
    const answer = await environment.call('/extended');
    assert.deepEqual([answer.status, answer.text], [200, '"late"']);
    assert.equal((await overrides()) - before, 1);
  });

  test('is an error of its own, in time, where it may not', async () => {
    const answer = await environment.call('/told', { headers: { accept: 'text/plain' } });
    assert.deepEqual(
      [answer.status, answer.text],
      [500, 'An error occurs while invoking lambda function. Details: [Timeout]'],
    );
    const entry = await environment.envoy.accessLog((each) => each.path === '/told');
    assert.equal(entry.details, 'lambda_ext_proc{AWS_LAMBDA_INVALID_RESPONSE}');
  });

  test('is one too where the API tells the timeout', async () => {
    assert.equal((await environment.call('/by-api')).status, 500);
  });

  test('and has the status that errorStatus gives to a timeout', async () => {
    assert.equal((await environment.call('/gateway')).status, 504);
    const entry = await environment.envoy.accessLog((each) => each.path === '/gateway');
    assert.equal(entry.details, 'lambda_ext_proc{AWS_LAMBDA_INVALID_RESPONSE}');
  });

  test('is outside of the timeout of its route, after a response too, which Envoy has read by then', async () => {
    assert.equal((await environment.call('/response')).status, 200);
  });

  test('is asked for no extension when it answers in time', async () => {
    lambda.script('late', { kind: 'answer', answer: { status: 200, body: '"now"' } });
    const before = await overrides();
    assert.equal((await environment.call('/extended')).text, '"now"');
    assert.equal((await overrides()) - before, 0);
  });
});
