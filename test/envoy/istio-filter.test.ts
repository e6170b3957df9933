// deploy/istio: the patches of the EnvoyFilter in a plain Envoy, with its policies and a real sidecar.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { plainEnvoyOf } from '../../scripts/support/istio-patches.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { deploy } from '../support/deploy.ts';
import { type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import { type LocalLambda, startLocalLambda } from '../support/local-lambda.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const read = (name: string): string => readFileSync(join(deploy, 'istio', name), 'utf8');

describe('the EnvoyFilter of deploy/istio in a plain Envoy', () => {
  let backend: Backend;
  let lambda: LocalLambda;
  let sidecar: RunningSidecar;
  let envoy: RunningEnvoy;

  before(async () => {
    backend = await startBackend();
    lambda = await startLocalLambda({ 'customer-tier': () => ({ tier: 'gold' }) });
    sidecar = await startSidecar({
      config: read('policies.yaml'),
      env: {
        AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
    });
    const config = JSON.stringify(
      plainEnvoyOf(parse(read('envoy-filter.yaml')), { port: 0, backend: backend.address }),
    );
    const socket = sidecar.address.slice('unix:'.length);
    envoy = await startEnvoy({ config: config.replaceAll('/run/lambda-ext-proc/0.sock', socket) });
  });
  after(async () => {
    await envoy?.stop();
    await sidecar?.stop();
    lambda?.stop();
    await backend?.stop();
  });

  test('a request of the patched route gets what its function says', async () => {
    const init = { method: 'POST', body: '{"customer":"ada"}', headers: { 'x-tier': 'platinum' } };
    const answer = await fetch(`${envoy.url}/orders`, init);
    assert.equal(answer.status, 200, await answer.text());
    assert.deepEqual(lambda.events.at(-1), { customer: 'ada' });
    assert.equal(backend.last?.header('x-tier'), 'gold');
    assert.equal(backend.last?.body.toString(), '{"customer":"ada"}');
  });

  test('other routes do not reach the sidecar', async () => {
    const calls = lambda.events.length;
    const answer = await fetch(`${envoy.url}/other`, { method: 'POST', body: '{"customer":"ada"}' });
    assert.equal(answer.status, 200);
    assert.equal(lambda.events.length, calls);
    assert.equal(backend.last?.header('x-tier'), undefined);
  });

  test('a caller cannot name another api', async () => {
    const headers = { 'x-lambda-api': 'none', 'x-lambda-policies': '{"request":[]}' };
    const answer = await fetch(`${envoy.url}/orders`, { method: 'POST', body: '{"customer":"eve"}', headers });
    assert.equal(answer.status, 200, await answer.text());
    assert.equal(backend.last?.header('x-tier'), 'gold');
  });

  test('a body of 1 MiB and more is read whole', async () => {
    const body = JSON.stringify({ filler: 'x'.repeat(2 ** 21), customer: 'ada' });
    const answer = await fetch(`${envoy.url}/orders`, { method: 'POST', body });
    assert.equal(answer.status, 200, await answer.text());
    assert.deepEqual(lambda.events.at(-1), { customer: 'ada' });
  });
});
