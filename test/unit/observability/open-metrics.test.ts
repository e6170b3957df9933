// OpenMetrics with exemplars, of one process and of several; and Prometheus's conventions for names.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Metrics, metricCatalogue, metricsText, sumMetrics } from '../../../src/observability/index.ts';
import { metricsFormat } from '../../../src/server/metrics-format.ts';

const TRACE = 'a'.repeat(32);
const LATER = 'b'.repeat(32);
const labels = { api: 'orders', policy: 'enrich', function: 'f' };

function counted(seconds: number, traceId?: string): Metrics {
  const metrics = new Metrics();
  const end = { outcome: 'error', kind: 'timeout', key: 'K', attempts: 2 } as const;
  metrics.invocation(labels).end({ ...end, seconds, traceId, retried: ['connection'] });
  metrics.sidecarTime('orders', 0.0003, traceId);
  return metrics;
}

const linesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`lambda_ext_proc_${name}`));

describe('OpenMetrics', () => {
  test('has the trace of the last request in a bucket and in a counter of failures', async () => {
    const text = await metricsText(await counted(0.3, TRACE).snapshot(), 'openmetrics');
    const buckets = linesOf(text, 'invocation_duration_seconds_bucket').filter((line) => line.includes('#'));
    assert.equal(buckets.length, 1, 'only the bucket that the value is in');
    assert.match(
      buckets[0] ?? '',
      /^lambda_ext_proc_invocation_duration_seconds_bucket\{le="0.5",api="orders",function="f"\} 1 # \{trace_id="a{32}"\} 0\.3 \d{10}(\.\d+)?$/,
    );
    assert.match(
      linesOf(text, 'sidecar_duration_seconds_bucket{le="0.0005"')[0] ?? '',
      /# \{trace_id="a{32}"\} 0\.0003 /,
    );
    assert.match(linesOf(text, 'invocations_total')[0] ?? '', /kind="timeout",key="K"\} 1 # \{trace_id="a{32}"\} 1 /);
  });

  test('has no exemplar of a request whose trace is not recorded, and Prometheus its own format none at all', async () => {
    const untraced = await metricsText(await counted(0.3).snapshot(), 'openmetrics');
    assert.doesNotMatch(untraced, /trace_id/);
    assert.doesNotMatch(await metricsText(await counted(0.3, TRACE).snapshot()), /trace_id/);
  });

  test('is well formed: types without _total, counters with it, no blank line, and an end', async () => {
    const metrics = counted(0.3, TRACE);
    metrics.watchProcess('1.2.3');
    metrics.stop();
    const summed = await sumMetrics([await metrics.snapshot(), await counted(1).snapshot()]);
    for (const snapshot of [await metrics.snapshot(), summed]) {
      const text = await metricsText(snapshot, 'openmetrics');
      assert.ok(text.endsWith('\n# EOF\n'));
      const lines = text.slice(0, -1).split('\n');
      assert.ok(!lines.includes(''));
      const types = new Map<string, string>();
      for (const line of lines) {
        const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
        if (name !== undefined && type !== undefined) types.set(name, type);
        if (line.startsWith('#')) continue;
        const [, sample = '', suffix = ''] = /^([a-z_]+?)(_total|_bucket|_sum|_count)?[{ ]/.exec(line) ?? [];
        const expected = suffix === '_total' ? 'counter' : suffix === '' ? 'gauge' : 'histogram';
        assert.equal(types.get(sample), expected, line);
      }
      for (const [name, type] of types) if (type === 'counter') assert.doesNotMatch(name, /_total$/);
      const names = Object.values(metricCatalogue).map((metric) => metric.name);
      for (const name of types.keys())
        assert.ok(
          names.some((known) => known.replace(/_total$/, '') === name),
          name,
        );
    }
  });

  test('shows the newest exemplar of each series of several workers, and the sum', async () => {
    const older = await counted(0.3, TRACE).snapshot();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const newer = await counted(0.4, LATER).snapshot();
    const without = await counted(0.31).snapshot();
    for (const order of [
      [older, newer, without],
      [newer, without, older],
    ]) {
      const text = await metricsText(await sumMetrics(order), 'openmetrics');
      const bucket = linesOf(text, 'invocation_duration_seconds_bucket{le="0.5"');
      assert.match(bucket[0] ?? '', /\} 3 # \{trace_id="b{32}"\} 0\.4 /);
    }
    // As one worker's that has ended and its counters live on.
    const again = await metricsText(await sumMetrics([await sumMetrics([older]), newer]), 'openmetrics');
    assert.match(linesOf(again, 'invocation_duration_seconds_bucket{le="0.5"')[0] ?? '', /\} 2 # \{trace_id="b{32}"\}/);
  });
});

test('who scrapes gets OpenMetrics where it wants it at least as much as text', () => {
  const prometheus =
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
  for (const [accept, format] of [
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain', 'prometheus'],
    [prometheus, 'openmetrics'],
    ['application/openmetrics-text', 'openmetrics'],
    ['text/plain;q=0.5, Application/OpenMetrics-Text; q=0.4', 'prometheus'],
    ['application/openmetrics-text;q=0', 'prometheus'],
    ['application/openmetrics-text;q=x,;;,=', 'prometheus'],
  ] as const) {
    assert.equal(metricsFormat(accept), format, accept);
  }
});

describe("Prometheus's conventions (https://prometheus.io/docs/practices/naming/)", () => {
  for (const { name, type, help, labels: names } of Object.values(metricCatalogue)) {
    test(name, () => {
      assert.match(name, /^(lambda_ext_proc|process|nodejs)_[a-z_]+[a-z]$/);
      assert.equal(name.endsWith('_total'), type === 'counter', 'counters end in _total, nothing else does');
      if (type === 'histogram') assert.match(name, /_(seconds|bytes)$/);
      assert.doesNotMatch(
        name,
        /_(milliseconds|ms|kilobytes|megabytes|mib|percent|minutes|hours|count|sum|bucket)(_|$)/,
      );
      assert.doesNotMatch(name, new RegExp(`_${type}(_|$)`), 'the type is not in the name');
      assert.match(help, /\.$/);
      for (const label of Object.keys(names)) {
        assert.match(label, /^[a-z]+$/);
        assert.ok(!['le', 'quantile', 'job', 'instance'].includes(label), `${label} is taken`);
      }
    });
  }
});

test('what is refused, repeated and under way is counted by function', async () => {
  const metrics = new Metrics();
  const open = metrics.invocation(labels);
  const other = metrics.invocation(labels);
  const dropped = metrics.invocation(labels);
  const value = async (series: string) => {
    const text = await metricsText(await metrics.snapshot());
    return text
      .split('\n')
      .find((line) => line.startsWith(`lambda_ext_proc_${series} `))
      ?.split(' ')
      .at(-1);
  };
  const pair = 'api="orders",function="f"';
  assert.equal(await value(`invocations_in_flight{${pair}}`), '3');
  dropped.drop();
  open.end({ outcome: 'ok', kind: '', key: '', attempts: 3, retried: ['throttled', 'throttled'], seconds: 1 });
  other.end({ outcome: 'error', kind: 'circuit_open', key: 'K', attempts: 0, seconds: 0 });
  assert.equal(await value(`invocations_in_flight{${pair}}`), '0');
  assert.equal(await value(`invocation_attempts_total{${pair}}`), '3');
  assert.equal(await value(`invocation_retries_total{${pair},kind="throttled"}`), '2');
  assert.equal(await value(`refused_invocations_total{${pair},reason="circuit_open"}`), '1');
});

test('a flood of APIs that routes bring takes no series from those of the document', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 3_000; i++) {
    metrics.immediateResponse(`inline:${i}`, 'SEND_TO_CONSUMER');
    metrics.sidecarTime(`inline:${i}`, 0.1);
  }
  for (let i = 0; i < 150; i++) {
    metrics.immediateResponse(`a${i}`, 'SEND_TO_CONSUMER');
    metrics.sidecarTime(`a${i}`, 0.1);
  }
  const text = await metricsText(await metrics.snapshot());
  for (const name of ['immediate_responses_total', 'sidecar_duration_seconds_count']) {
    const lines = linesOf(text, name);
    assert.equal(lines.filter((line) => /api="a\d/.test(line)).length, 150, name);
    assert.ok(lines.length <= 150 + 51, `${name}: ${lines.length}`);
  }
});
