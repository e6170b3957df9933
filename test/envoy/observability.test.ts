// observability_mode: Envoy sends what it sees and waits for nothing, which suits Event invocations.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

let lambda: FaultStub;
let environment: Environment;

before(async () => {
  lambda = await FaultStub.start();
  lambda.script('watch', { kind: 'late', answer: { status: 202 }, afterMs: 200 });
  const keys = { endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const configuration = {
    ...keys,
    function: 'watch',
    invocationType: 'Event',
    payload: '{"path":"{#request.path}"}',
    sendToConsumer: true,
  };
  const event = (payload: string) => [{ configuration: { ...configuration, sendToConsumer: false, payload } }];
  environment = await startEnvironment({
    policies: {
      version: 1,
      apis: {
        watched: { request: [{ configuration }] },
        both: { request: event('request'), response: event('response {#response.status}') },
      },
    },
    apis: ['watched', 'both'],
    envoy: {
      allowModeOverride: false,
      filter: { observability_mode: true, deferred_close_timeout: '1s' },
      // As Envoy does it by default: the backend's headers come while the event is still on its way.
      processingMode: { request_header_mode: 'SEND', response_header_mode: 'SEND' },
    },
  });
});
after(async () => {
  await environment?.stop();
  await lambda?.stop();
});

test('the request continues at once, the event is sent all the same, and its answer is ignored', async () => {
  const answer = await environment.call('/watched/a', { method: 'POST', body: 'x' });
  assert.deepEqual([answer.status, JSON.parse(answer.text).path], [200, '/watched/a']);
  await environment.sidecar.log(
    (line) => line.msg === 'invocation' && line.function === 'watch' && line.outcome === 'ok',
  );
  assert.deepEqual(
    lambda.requests.map((request) => String(request.body)),
    ['{"path":"/watched/a"}'],
  );
  assert.equal(environment.backend.calls, 1);
});

test('the response has its event after the one of its request, for each of ten', async () => {
  const before = lambda.requests.length;
  await Promise.all(Array.from({ length: 10 }, () => environment.call('/both/a')));
  for (let i = 0; i < 500 && lambda.requests.length < before + 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const bodies = lambda.requests.slice(before).map((request) => String(request.body));
  assert.equal(bodies.filter((body) => body === 'request').length, 10);
  assert.equal(bodies.filter((body) => body === 'response 200').length, 10);
  for (const phase of ['request', 'response']) {
    assert.equal(await environment.sidecar.metric(`lambda_ext_proc_dropped_events_total{phase="${phase}"}`), 0);
  }
});
