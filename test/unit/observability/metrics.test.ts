import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InvocationEnd, type InvocationLabels, Metrics } from '../../../src/observability/index.ts';
import { failureRecord } from '../../support/failure-record.ts';

const ok = { api: 'orders', policy: 'enrich', function: 'order-enrich' } as const;
const good = { outcome: 'ok', kind: '', key: '', attempts: 1 } as const;

function count(metrics: Metrics, labels: InvocationLabels, seconds: number, end: Partial<InvocationEnd> = {}): void {
  metrics.invocation(labels).end({ ...good, ...end, seconds });
}

async function lines(metrics: Metrics, name: string): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(`lambda_ext_proc_${name}`));
}

async function value(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await lines(metrics, '')).find((candidate) => candidate.startsWith(`lambda_ext_proc_${series} `));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}

test('an invocation is counted and timed by its labels', async () => {
  const metrics = new Metrics();
  count(metrics, ok, 0.03);
  count(metrics, ok, 0.3);
  count(metrics, ok, 1, { outcome: 'error', kind: 'timeout', key: 'AWS_LAMBDA_INVALID_RESPONSE' });
  assert.deepEqual(await lines(metrics, 'invocations_total'), [
    'lambda_ext_proc_invocations_total{api="orders",policy="enrich",function="order-enrich",outcome="ok",kind="",key=""} 2',
    'lambda_ext_proc_invocations_total{api="orders",policy="enrich",function="order-enrich",outcome="error",kind="timeout",key="AWS_LAMBDA_INVALID_RESPONSE"} 1',
  ]);
  assert.equal(await value(metrics, 'invocation_duration_seconds_count{api="orders",function="order-enrich"}'), 3);
  assert.equal(
    await value(metrics, 'invocation_duration_seconds_bucket{le="0.05",api="orders",function="order-enrich"}'),
    1,
  );
});

test('function names that callers make up end in one series called other', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 5_000; i++) count(metrics, { ...ok, function: `function-${i}` }, 0.01);
  const series = await lines(metrics, 'invocations_total');
  assert.equal(series.length, 201);
  const other = series.find((line) => line.includes('function="other"'));
  assert.match(other ?? '', / 4800$/);
  assert.ok((await lines(metrics, 'invocation_duration_seconds_count')).length <= 201);
});

test('a flood of inline policies takes no label from the APIs of the document', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 5_000; i++) {
    count(metrics, { ...ok, api: `inline:${i}`, policy: `p${i}`, function: `made-up-${i}` }, 0.01);
  }
  const before = (await lines(metrics, 'invocations_total')).length;
  assert.ok(before <= 101, `${before} series`);
  for (let i = 0; i < 150; i++) count(metrics, { ...ok, api: `a${i}`, policy: `p${i}`, function: `f${i}` }, 0.01);
  const series = await lines(metrics, 'invocations_total');
  for (let i = 0; i < 150; i++)
    assert.ok(series.some((line) => line.includes(`api="a${i}"`) && line.includes(`function="f${i}"`)));
  assert.equal(
    (await lines(metrics, 'invocation_duration_seconds_count')).filter((line) => /api="a\d/.test(line)).length,
    150,
  );
});

test('the combinations of labels are bounded as well as each label', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 150; i++) {
    for (let j = 0; j < 150; j++) count(metrics, { ...ok, function: `f${i}`, api: `a${j}` }, 0.01);
  }
  const series = await lines(metrics, 'invocations_total');
  assert.ok(series.length <= 2_001, `${series.length} series`);
  const total = series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  assert.equal(total, 22_500);
  assert.ok((await lines(metrics, 'invocation_duration_seconds_count')).length <= 201);
});

test('a label value is cut, and line breaks and quotes in it cannot forge a series', async () => {
  const metrics = new Metrics();
  const hostile = `x"} 1\nlambda_ext_proc_streams_total{outcome="failed"} 99\n${'y'.repeat(10_000)}`;
  count(metrics, { ...ok, function: hostile }, 0.01);
  count(metrics, { ...ok, function: hostile }, 0.01);
  const series = await lines(metrics, 'invocations_total');
  assert.equal(series.length, 1);
  assert.match(series[0] ?? '', / 2$/);
  assert.ok((series[0] ?? '').length < 400);
  assert.equal(await value(metrics, 'streams_total{outcome="failed"}'), 0);
});

test('streams in flight go up and down, and buffered bytes are asked for', async () => {
  const metrics = new Metrics();
  metrics.streamOpened();
  metrics.streamOpened();
  metrics.streamClosed('completed');
  metrics.observeBufferedBytes(() => 600);
  assert.equal(await value(metrics, 'streams_in_flight'), 1);
  assert.equal(await value(metrics, 'streams_total{outcome="completed"}'), 1);
  assert.equal(await value(metrics, 'buffered_bytes'), 600);
});

test('what is counted between two scrapes is reported once', async () => {
  const metrics = new Metrics();
  metrics.message('request_headers');
  assert.equal(await value(metrics, 'messages_total{phase="request_headers"}'), 1);
  metrics.message('request_headers');
  metrics.message('request_headers');
  assert.equal(await value(metrics, 'messages_total{phase="request_headers"}'), 3);
  assert.equal(await value(metrics, 'messages_total{phase="request_headers"}'), 3);
});

test('counters with known values exist with 0 before the first event', async () => {
  const metrics = new Metrics();
  assert.equal((await lines(metrics, 'streams_total')).length, 5);
  assert.equal((await lines(metrics, 'messages_total')).length, 6);
  assert.equal(await value(metrics, 'limit_reached_total{limit="streams"}'), 0);
});

test('a failed reload turns the gauge to 0 and leaves the time of the last good one', async () => {
  const metrics = new Metrics();
  metrics.reload(true, 3, 1_700_000_000_000);
  metrics.reload(false, undefined, 1_800_000_000_000);
  assert.equal(await value(metrics, 'policies_valid'), 0);
  assert.equal(await value(metrics, 'policies_loaded_timestamp_seconds'), 1_700_000_000);
  assert.equal(await value(metrics, 'policies_apis'), 3);
  assert.equal(await value(metrics, 'reloads_total{result="failed"}'), 1);
});

test('credentials that are gone leave no gauge behind', async () => {
  const metrics = new Metrics();
  let states = [{ source: 'default', ok: true, obtainedAt: Date.now() - 5_000, expiresAt: 1_900_000_000_000 }];
  metrics.observeCredentials(() => states);
  const age = await value(metrics, 'credentials_age_seconds{source="default"}');
  assert.ok(age !== undefined && age >= 5 && age < 60);
  assert.equal(await value(metrics, 'credentials_expiry_timestamp_seconds{source="default"}'), 1_900_000_000);
  states = [];
  assert.equal(await value(metrics, 'credentials_age_seconds{source="default"}'), undefined);
});

test('credentials that are used past their expiry are reported', async () => {
  const metrics = new Metrics();
  metrics.observeCredentials(() => [
    { source: 'default', ok: true, pastExpiry: true },
    { source: 'role r', ok: false },
  ]);
  assert.equal(await value(metrics, 'credentials_past_expiry{source="default"}'), 1);
  assert.equal(await value(metrics, 'credentials_past_expiry{source="role r"}'), 0);
  assert.equal(await value(metrics, 'credentials_valid{source="default"}'), 1);
  assert.equal(await value(metrics, 'credentials_valid{source="role r"}'), 0);
});

test('throttled invocations count by whose limit is reached', async () => {
  const metrics = new Metrics();
  const labels = { api: 'a', policy: 'p', function: 'f' };
  const end = { outcome: 'error', kind: 'throttled', key: 'K' } as const;
  for (const throttledBy of ['function', 'caller', 'caller'] as const) {
    count(metrics, labels, 1, { ...end, throttledBy });
  }
  count(metrics, labels, 1, end);
  for (const [limit, times] of [
    ['function', 1],
    ['account', 0],
    ['caller', 2],
    ['unknown', 0],
  ] as const) {
    assert.equal(await value(metrics, `throttled_invocations_total{limit="${limit}"}`), times);
  }
  assert.equal(
    await value(metrics, 'invocations_total{api="a",policy="p",function="f",outcome="error",kind="throttled",key="K"}'),
    4,
  );
});

test('the event-loop lag of an idle process is near zero, not the period of the sampling', async () => {
  const metrics = new Metrics();
  metrics.watchProcess('1.2.3');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const median = await value(metrics, 'event_loop_lag_seconds{statistic="median"}');
  metrics.stop();
  assert.ok(median !== undefined && median < 0.015, `${median}`);
  assert.match(await metrics.registry.metrics(), /process_resident_memory_bytes \d{7,}/);
});

test('the last 100 failures are kept, and none that callers caused', () => {
  const metrics = new Metrics();
  for (let i = 1; i <= 250; i++) {
    metrics.failed(failureRecord({ reason: `number ${i}` }));
    metrics.failed(failureRecord({ reason: 'a caller', byCaller: true }));
  }
  const reasons = metrics.recentFailures.list().map(({ reason }) => reason);
  assert.deepEqual(
    reasons,
    Array.from({ length: 100 }, (_, i) => `number ${250 - i}`),
  );
});
