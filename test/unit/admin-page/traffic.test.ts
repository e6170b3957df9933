import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plotPath } from '../../../src/admin-page/plot.ts';
import { TrafficHistory, trafficView } from '../../../src/admin-page/traffic/index.ts';
import { quantile } from '../../../src/admin-page/traffic/quantile.ts';
import { totalsOf } from '../../../src/admin-page/traffic/totals.ts';
import { type MetricSnapshot, Metrics, sumMetrics } from '../../../src/observability/index.ts';

const START = Date.UTC(2026, 10, 27);

/** A history of what `work` counts, 15 s apart for each item; in the end the samples. */
async function samplesOf(work: readonly ((metrics: Metrics) => void)[], metrics = new Metrics()) {
  let now = START;
  const history = new TrafficHistory({ metrics: () => metrics.snapshot(), now: () => now });
  let samples = await history.samples();
  for (const count of work) {
    count(metrics);
    now += 15_000;
    samples = await history.samples();
  }
  return samples;
}

test('a quantile lies within its bucket, and nothing is reported if nothing was observed', () => {
  const bounds = [0.1, 0.2];
  assert.equal(quantile(0.5, { bounds, counts: [0, 0, 0] }), undefined);
  assert.equal(quantile(0.5, { bounds, counts: [4, 0, 0] }), 0.05);
  assert.equal(quantile(0.75, { bounds, counts: [2, 2, 0] }), 0.15000000000000002);
  assert.equal(quantile(0.99, { bounds, counts: [1, 1, 8] }), 0.2);
});

test('rates, kinds and times of what happened since are reported, and nothing of what was before', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 1000; i++) streamed(metrics);
  const view = trafficView(
    await samplesOf(
      [
        () => {},
        () => {
          for (let i = 0; i < 30; i++) streamed(metrics);
        },
      ],
      metrics,
    ),
  );
  assert.equal(view.reach, '30 s');
  assert.equal(view.requests.now, '1/s');
  assert.equal(view.requests.highest, '2/s');
  assert.equal(view.sidecar.now, 'p50 150 µs, p99 199 µs');
  assert.match(view.requests.paths[0] ?? '', /^M0 48H120V0H240$/);
});

function streamed(metrics: Metrics): void {
  metrics.streamOpened();
  metrics.sidecarTime('orders', 0.00015);
  metrics.streamClosed('completed');
}

test('a counter that was reset counts from 0, and no rate is negative', async () => {
  let metrics = new Metrics();
  for (let i = 0; i < 500; i++) streamed(metrics);
  let now = START;
  const history = new TrafficHistory({ metrics: () => metrics.snapshot(), now: () => now });
  await history.samples();
  metrics = new Metrics();
  for (let i = 0; i < 15; i++) streamed(metrics);
  now += 15_000;
  assert.equal(trafficView(await history.samples()).requests.now, '1/s');
});

test('the numbers of several workers are summed', async () => {
  const [one, two] = [new Metrics(), new Metrics()];
  for (const metrics of [one, two, two]) streamed(metrics);
  const sum = totalsOf(await sumMetrics([await one.snapshot(), await two.snapshot()]), START);
  assert.equal(sum.requests, 3);
  assert.deepEqual(
    sum.sidecarTime.counts.filter((count) => count > 0),
    [3],
  );
});

test('an hour is kept, whoever asks how often, and who asks at once shares one look', async () => {
  let now = START;
  let looks = 0;
  const snapshot = await new Metrics().snapshot();
  const metrics = async (): Promise<MetricSnapshot> => {
    looks++;
    return snapshot;
  };
  const history = new TrafficHistory({ metrics, now: () => now });
  await Promise.all([history.samples(), history.samples(), history.samples()]);
  assert.equal(looks, 1);
  for (let i = 0; i < 2_000; i++) {
    now += 5_000;
    await history.samples();
  }
  const samples = await history.samples();
  assert.ok(samples.length <= 241, String(samples.length));
  assert.ok(now - (samples[0]?.at ?? 0) >= 3_500_000);
});

test('a clock that is set back loses nobody the page', async () => {
  let now = START;
  const metrics = new Metrics();
  const history = new TrafficHistory({ metrics: () => metrics.snapshot(), now: () => now });
  await history.samples();
  now -= 7_200_000;
  await history.samples();
  streamed(metrics);
  now += 15_000;
  assert.equal(trafficView(await history.samples()).requests.now, '0.0667/s');
});

test('a plot has steps, and gaps where nothing was measured', () => {
  const spans = [1, 2, undefined, 2].map((value, i) => ({ from: i, to: i + 1, value }));
  assert.equal(plotPath(spans, { from: 0, to: 4, top: 2 }), 'M0 24H60V0H120M180 0H240');
  assert.equal(plotPath([], { from: 0, to: 0, top: 0 }), '');
  assert.equal(plotPath([{ from: 4, to: 5, value: 0 }], { from: 4, to: 5, top: 0 }), 'M0 48H240');
});
