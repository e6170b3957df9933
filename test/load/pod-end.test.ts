// Pods end one after the other while callers go on, in the order in which Kubernetes ends them: a real Envoy and a server in each,
// with the times of docs/guides/life-in-a-pod.md. `npm run test:soak` asks for 2,000 requests a second.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RunningEnvoy } from '../support/envoy.ts';
import { startRate } from '../support/rate.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { policies, startLambda, startProxy } from './fault-scene.ts';

const perSecond = Number(process.env.POD_RATE ?? 200);
/** How many pods are replaced. */
const replaced = Number(process.env.POD_REPLACED ?? 1);
/** Plain containers take Envoy's whole drain for each pod: `npm run test:soak` replaces these too. */
const kinds = (process.env.POD_KINDS ?? 'native sidecars').split(',');
/** How long the endpoint of a pod that ends is still in the lists of callers. */
const SPREAD_MS = 300;
/** Envoy's drain, in place of 60 s: no shorter than this, until nobody is connected. */
const DRAIN_MS = 2_000;

interface Pod {
  readonly sidecar: RunningSidecar;
  readonly envoy: RunningEnvoy;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function startPod(t: TestContext, config: object, graceSeconds: number): Promise<Pod> {
  const args = ['--drain-grace', String(graceSeconds)];
  const sidecar = await startSidecar({ test: t, config, args, built: true });
  // As a start-up probe holds Envoy back.
  for (let i = 0; (await fetch(`${sidecar.adminUrl}/readyz`)).status !== 200; i++) {
    assert.ok(i < 600, 'the server does not get ready');
    await pause(50);
  }
  return { sidecar, envoy: await startProxy(t, [sidecar]) };
}

/** What Envoy Gateway's shutdown manager does, and the end of the container. */
async function endEnvoy({ envoy }: Pod): Promise<void> {
  const began = performance.now();
  for (const path of ['/healthcheck/fail', '/drain_listeners?graceful&skip_exit']) {
    assert.equal((await fetch(envoy.adminUrl + path, { method: 'POST' })).status, 200);
  }
  for (let i = 0; i < 600; i++) {
    const open = await envoy.stat('http.test.downstream_cx_active');
    if (open === 0 && performance.now() - began >= DRAIN_MS) break;
    await pause(50);
  }
  await envoy.stop();
}

const ends: Readonly<Record<string, { readonly graceSeconds: number; readonly end: (pod: Pod) => Promise<unknown> }>> =
  {
    'native sidecars': {
      graceSeconds: 0,
      // SIGTERM when Envoy's container has ended.
      async end(pod) {
        await endEnvoy(pod);
        const began = performance.now();
        pod.sidecar.signal('SIGTERM');
        assert.equal(await pod.sidecar.exited, 0);
        return performance.now() - began;
      },
    },
    'plain containers': {
      graceSeconds: DRAIN_MS / 1_000 + 5,
      // SIGTERM for both at once.
      async end(pod) {
        pod.sidecar.signal('SIGTERM');
        await endEnvoy(pod);
        assert.equal(await pod.sidecar.exited, 0);
      },
    },
  };

for (const [kind, { graceSeconds, end }] of Object.entries(ends).filter(([kind]) => kinds.includes(kind))) {
  test(`pods with ${kind} that are replaced one by one, ${replaced} in all, fail no request`, async (t) => {
    const lambda = await startLambda(t);
    const config = policies(lambda);
    const pods = [await startPod(t, config, graceSeconds), await startPod(t, config, graceSeconds)];
    const urls = (some: readonly Pod[]): string[] => some.map(({ envoy }) => `${envoy.url}/`);
    const seconds = 3 + replaced * (kind === 'native sidecars' ? 4 : 9);
    const load = startRate({ url: urls(pods)[0] ?? '', perSecond, seconds, maxConnections: 4_000 });
    load.endpoints(urls(pods));
    await pause(1_000);
    for (let i = 0; i < replaced; i++) {
      const [leaving] = pods;
      assert.ok(leaving !== undefined);
      pods.push(await startPod(t, config, graceSeconds));
      load.endpoints(urls(pods));
      pods.shift();
      const ended = end(leaving);
      await pause(SPREAD_MS);
      load.endpoints(urls(pods));
      await ended;
      assert.ok(!leaving.sidecar.logs().some(({ msg }) => msg.startsWith('requests still arrived')));
    }
    const { requests, failures, statuses, errors, p50, p99, max, perSecond: rate } = await load.result;
    t.diagnostic(
      `${kind}: ${failures} of ${requests} failed at ${Math.round(rate)}/s, ${replaced} pods replaced ` +
        `${JSON.stringify({ ...statuses, ...errors })}; p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(0)}, max ${max.toFixed(0)} ms`,
    );
    assert.deepEqual(errors, {});
    assert.deepEqual(statuses, { 200: requests });
    const counts = await lambda.counts();
    assert.deepEqual([counts.ran, counts.twice], [requests, 0]);
  });
}

test('a plain container whose grace is shorter than the drain of Envoy loses requests, and its log says so', async (t) => {
  const lambda = await startLambda(t);
  const pod = await startPod(t, policies(lambda), 1);
  const load = startRate({ url: `${pod.envoy.url}/`, perSecond: 50, seconds: 4, maxConnections: 1_000 });
  await pause(500);
  pod.sidecar.signal('SIGTERM');
  const { streams } = await pod.sidecar.log(({ msg }) =>
    msg.startsWith('requests still arrived when the grace was over'),
  );
  assert.ok(Number(streams) > 0);
  assert.equal(await pod.sidecar.exited, 0);
  const { failures } = await load.result;
  assert.ok(failures > 0);
});
