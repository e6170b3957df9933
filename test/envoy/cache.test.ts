// A step with a cache, behind a real Envoy: what the function is asked, and what callers and operators see of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

test('requests of one key ask the function once, also those that come at the same time', async (t) => {
  const lambda = await FaultStub.start();
  t.after(() => lambda.stop());
  lambda.script('f', { kind: 'late', answer: { status: 200, body: '"kept"' }, afterMs: 200 });
  const environment = await startEnvironment(
    {
      policies: {
        version: 1,
        apis: {
          cached: {
            request: [
              {
                configuration: {
                  endpoint: lambda.endpoint,
                  accessKey: 'AKIDEXAMPLE',
                  secretKey: 'secret',
                  function: 'f',
                  payload: { path: '{#request.path}' },
                  cache: { ttlSeconds: 600 },
                  sendToConsumer: true,
                },
              },
            ],
          },
        },
      },
      apis: ['cached'],
    },
    t,
  );
  t.after(() => environment.stop());
  const paths = ['/cached/a', '/cached/a', '/cached/a', '/cached/b', '/cached/b'];
  const together = await Promise.all(paths.map((path) => environment.call(path)));
  const later = await Promise.all(paths.map((path) => environment.call(path)));
  for (const { status, text } of [...together, ...later]) assert.deepEqual([status, text], [200, '"kept"']);
  assert.equal(lambda.requests.length, 2);
});
