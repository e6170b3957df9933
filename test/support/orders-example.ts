import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlainEnvoyOptions } from '../../scripts/support/istio-patches.ts';
import type { Json } from '../../scripts/support/kubernetes-schema.ts';
import { type Backend, startBackend } from './backend.ts';
import { type RunningEnvoy, startEnvoy } from './envoy.ts';
import { type LocalLambda, startLocalLambda } from './local-lambda.ts';
import { type RunningSidecar, startSidecar } from './sidecar.ts';

/** An example of deploy/ at work: the sidecar with its policies behind an Envoy with its configuration. */
export interface OrdersExample {
  readonly backend: Backend;
  readonly lambda: LocalLambda;
  readonly sidecar: RunningSidecar;
  readonly envoy: RunningEnvoy;
  stop(): Promise<void>;
}

/** `envoyOf` gives the configuration of Envoy, whose socket is that of the manifests. */
export async function startOrdersExample(
  policies: string,
  envoyOf: (options: PlainEnvoyOptions) => Json,
): Promise<OrdersExample> {
  const started: { stop(): unknown }[] = [];
  const stop = async (): Promise<void> => {
    for (const one of started.reverse()) await one.stop();
  };
  const keep = <T extends { stop(): unknown }>(one: T): T => {
    started.push(one);
    return one;
  };
  try {
    const backend = keep(await startBackend());
    const lambda = keep(await startLocalLambda({ 'customer-tier': () => ({ tier: 'gold' }) }));
    const env = {
      AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    const sidecar = keep(await startSidecar({ config: policies, env }));
    const config = JSON.stringify(envoyOf({ port: 0, backend: backend.address }));
    const socket = sidecar.address.slice('unix:'.length);
    const envoy = keep(await startEnvoy({ config: config.replaceAll('/run/lambda-ext-proc/0.sock', socket) }));
    return { backend, lambda, sidecar, envoy, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What each of the examples does for the route /orders. */
export function testOrders(example: () => OrdersExample): void {
  const post = async (body: string, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    const answer = await fetch(`${example().envoy.url}/orders`, { method: 'POST', body, headers });
    assert.equal(answer.status, 200, await answer.text());
  };

  test('a request of the route gets what its function says', async () => {
    const { backend, lambda } = example();
    await post('{"customer":"ada"}', { 'x-tier': 'platinum' });
    assert.deepEqual(lambda.events.at(-1), { customer: 'ada' });
    assert.equal(backend.last?.header('x-tier'), 'gold');
    assert.equal(backend.last?.body.toString(), '{"customer":"ada"}');
  });

  test('a caller cannot name another api', async () => {
    const { backend } = example();
    const policies = { 'x-lambda-policies': '{"request":[]}' };
    await post('{"customer":"eve"}', { 'x-lambda-api': 'none', authority: 'others.default', ...policies });
    assert.equal(backend.last?.header('x-tier'), 'gold');
  });

  test('a body of 2 MiB is read whole', async () => {
    const { lambda } = example();
    await post(JSON.stringify({ filler: 'x'.repeat(2 ** 21), customer: 'bob' }));
    assert.deepEqual(lambda.events.at(-1), { customer: 'bob' });
  });
}
