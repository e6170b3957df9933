// Two sidecars, each behind a real Envoy, that share results by a real Redis server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { startRedis } from '../support/redis-server.ts';
import { until } from '../support/stores.ts';

const CONNECTED = 'lambda_ext_proc_result_store_connected';
const series = (operation: string, result: string) =>
  `lambda_ext_proc_result_store_requests_total{operation="${operation}",result="${result}"}`;

test('two sidecars ask a function once, and each works on by itself when the store is gone', async (t) => {
  const lambda = await FaultStub.start();
  t.after(() => lambda.stop());
  lambda.script('f', { kind: 'answer', answer: { status: 200, body: '"kept"' } });
  const redis = await startRedis(t, '--requirepass', 'the password of redis');
  const document = (store: object | undefined) => ({
    version: 1,
    envoy: { allowModeOverride: true },
    ...(store === undefined ? {} : { resultStore: store }),
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
  });
  const redisOf = (port: number) => ({
    url: `redis://127.0.0.1:${port}`,
    password: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_REDIS')}",
  });
  const store = { redis: redisOf(redis.port), secret: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE')}" };
  const env = {
    LAMBDA_EXT_PROC_SECRET_REDIS: 'the password of redis',
    LAMBDA_EXT_PROC_SECRET_STORE: 'the secret of all sidecars',
    LAMBDA_EXT_PROC_SECRET_OTHER: 'the secret of somebody else',
  };
  const start = async () => {
    const environment = await startEnvironment({ policies: document(store), apis: ['cached'], env }, t);
    t.after(() => environment.stop());
    await until(async () => (await environment.sidecar.metric(CONNECTED)) === 1);
    return environment;
  };
  const [a, b] = await Promise.all([start(), start()]);
  const ask = async (of: typeof a, path: string): Promise<void> => {
    const { status, text } = await of.call(path);
    assert.deepEqual([status, text], [200, '"kept"']);
  };

  // On a busy machine a lookup may be out of time: the next one finds its result.
  let tries = 0;
  await until(async () => {
    const path = `/cached/try-${tries++}`;
    await ask(a, path);
    await until(async () => (await a.sidecar.metric(series('put', 'stored'))) === tries);
    const before = lambda.requests.length;
    await ask(b, path);
    const hits = await b.sidecar.metric(series('get', 'hit'));
    if (hits === 1) assert.equal(lambda.requests.length, before);
    return hits === 1;
  });

  // Another secret is another store, and the connection of the one before is closed.
  b.sidecar.writeConfig(document({ ...store, secret: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_OTHER')}" }));
  await until(() => b.sidecar.logs().filter(({ msg }) => msg === 'policies loaded').length === 2);
  await until(async () => /connected_clients:3\b/.test(String(await redis.command('INFO', 'clients'))));
  await until(async () => (await b.sidecar.metric(CONNECTED)) === 1);
  await ask(a, '/cached/2');
  await until(async () => (await a.sidecar.metric(series('put', 'stored'))) === tries + 1);
  let before = lambda.requests.length;
  await ask(b, '/cached/2');
  assert.equal(lambda.requests.length, before + 1);

  await redis.kill();
  before = lambda.requests.length;
  for (const path of ['/cached/3', '/cached/4', '/cached/3']) {
    await ask(a, path);
    await ask(b, path);
  }
  assert.equal(lambda.requests.length, before + 4);
  await until(async () => (await a.sidecar.metric(CONNECTED)) === 0);
  await redis.restart();
  await until(async () => (await a.sidecar.metric(CONNECTED)) === 1);

  // Without a store there is nothing to be connected to.
  b.sidecar.writeConfig(document(undefined));
  await until(async () => {
    const text = await (await fetch(`${b.sidecar.adminUrl}/metrics`)).text();
    return !text.split('\n').some((line) => line.startsWith(`${CONNECTED} `));
  });
  for (const { sidecar } of [a, b]) {
    const log = sidecar.output();
    for (const secret of Object.values(env)) assert.ok(!log.includes(secret));
    assert.equal(await sidecar.stop(), 0);
  }
});
