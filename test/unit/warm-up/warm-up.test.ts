// What a process does to itself before it is ready leaves no trace: nobody is called, and nothing is read, counted, kept or logged.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { loadPolicies } from '../../../src/config/index.ts';
import type { SecretSource } from '../../../src/expression/index.ts';
import { warmUp, warmUpPolicies } from '../../../src/warm-up/index.ts';
import { type RunningSidecar, startSidecar } from '../../support/sidecar.ts';

/** A port that answers nobody and counts who came. */
async function silentPort(t: TestContext): Promise<{ readonly url: string; readonly connections: number }> {
  const port = { url: '', connections: 0 };
  const server = createServer((socket) => {
    port.connections++;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  port.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return port;
}

const policies = (endpoint: string, identity: string): string => `version: 1
envoy: {allowModeOverride: true, responseHeaders: true}
defaults: {region: us-east-1, endpoint: "${endpoint}", ${identity}}
apis:
  orders:
    request:
      - name: guarded
        configuration:
          function: f
          payload: "{#request.content}"
          cache: {ttlSeconds: 60}
          circuitBreaker: {failures: 1, openMs: 60000}
          maxConcurrency: 1
          ssl: {trustAll: true}
      - {name: broken, onError: continue, configuration: {function: f, payload: "{#request.headers['absent'][0].length()}"}}
    response:
      - {name: after, configuration: {function: g, payload: "{#response.content}", mutations: {headers: {set: {x-a: b}}}}}
  answers:
    request:
      - {name: answer, configuration: {function: g, sendToConsumer: true, requestFormat: api-gateway-v2, responseFormat: api-gateway-v2}}
  empty: {}
`;

test('the functions, roles and secrets of the policies are left alone', async (t) => {
  const elsewhere = await silentPort(t);
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'AWS_ENDPOINT_URL_STS'];
  const before = proxies.map((name) => process.env[name]);
  for (const name of proxies) process.env[name] = elsewhere.url;
  t.after(() => {
    for (const [i, name] of proxies.entries()) {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    }
  });
  let reads = 0;
  const secrets: SecretSource = {
    find: () => ({ read: () => `secret ${++reads}` }),
    absence: () => undefined,
  };
  const keys =
    'accessKey: "{#secrets.get(\'env:A\')}", secretKey: "{#secrets.get(\'env:B\')}", roleArn: "arn:aws:iam::123456789012:role/invoke"';
  const { set } = await loadPolicies(policies(elsewhere.url, keys), 'policies.yaml', secrets);
  const readByLoad = reads;
  assert.equal(await warmUpPolicies({ set, budgetMs: 60_000, version: '1' }), 3 * 2 * 20);
  assert.ok((await warmUp({ set, budgetMs: 300, version: '1' })) > 0);
  assert.equal(elsewhere.connections, 0);
  assert.equal(reads, readByLoad);
});

test('without any API only the typical policies run', async () => {
  const { set } = await loadPolicies('version: 1\napis: {}\n', 'policies.yaml');
  assert.equal(await warmUpPolicies({ set, budgetMs: 60_000, version: '1' }), 0);
  assert.ok((await warmUp({ set, budgetMs: 200, version: '1' })) > 0);
});

const OF_THE_MOMENT = /_timestamp_seconds |_event_loop_lag_seconds/;

/** What an operator sees of a process, without what depends on the time. */
async function seen(
  sidecar: RunningSidecar,
): Promise<{ readonly metrics: readonly string[]; readonly log: readonly string[] }> {
  const text = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
  const metrics = text.split('\n').filter((line) => line.startsWith('lambda_ext_proc_') && !OF_THE_MOMENT.test(line));
  return { metrics, log: sidecar.logs().map(({ level, msg }) => `${level} ${msg}`) };
}

test('a process that was warmed up has the metrics and the log of one that was not', async (t) => {
  const lambda = await silentPort(t);
  const config = policies(lambda.url, 'accessKey: AKIDEXAMPLE, secretKey: secret');
  const start = (ms: string): Promise<RunningSidecar> => startSidecar({ test: t, config, args: ['--warm-up', ms] });
  const [cold, warm] = [await start('0'), await start('500')];
  assert.deepEqual(await seen(warm), await seen(cold));
  warm.writeConfig(`${config}# changed\n`);
  await warm.log(({ msg }) => msg === 'policies loaded' && warm.logs().filter((line) => line.msg === msg).length > 1);
  cold.writeConfig(`${config}# changed\n`);
  await cold.log(({ msg }) => msg === 'policies loaded' && cold.logs().filter((line) => line.msg === msg).length > 1);
  assert.deepEqual(await seen(warm), await seen(cold));
  assert.equal(lambda.connections, 0);
});

test('a duration that is not valid is refused', async () => {
  await assert.rejects(
    startSidecar({ args: ['--warm-up', '1.5'] }),
    /--warm-up must be a whole number from 0 to 10000/,
  );
});
