import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { readTracingSettings } from '../../../src/tracing/settings.ts';
import { StreamSampler } from '../../../src/tracing/stream-sampler.ts';
import { TraceRate } from '../../../src/tracing/trace-rate.ts';

/** A trace id in the lowest part of the range, which every ratio but 0 takes. */
const LOW = '00000000000000000000000000000001';
/** One that only a ratio of nearly 1 takes. */
const HIGH = 'f0000000000000000000000000000000';

interface Scene {
  /** Whether a stream is recorded. `flag`: the parent's, of somebody else or of this process. */
  ask(traceId: string, flag?: 'sampled' | 'not', isRemote?: boolean): boolean;
  /** How many were left out for the rate. */
  readonly limited: number;
  wait(ms: number): void;
}

function scene(name: string, ratio = '1'): Scene {
  let now = 0;
  let limited = 0;
  const { settings } = readTracingSettings({
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_TRACES_SAMPLER: name,
    ...(name.endsWith('ratio') ? { OTEL_TRACES_SAMPLER_ARG: ratio } : {}),
  });
  assert.ok(settings);
  const rate = new TraceRate(10, () => now);
  const sampler = new StreamSampler(settings.sampler, rate, () => limited++);
  return {
    ask(traceId, flag, isRemote = true) {
      const parent = { traceId, spanId: '00f067aa0ba902b7', traceFlags: flag === 'sampled' ? 1 : 0, isRemote };
      const context = flag === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
      const { decision } = sampler.shouldSample(context, traceId, 'name', SpanKind.SERVER, {}, []);
      return decision === SamplingDecision.RECORD_AND_SAMPLED;
    },
    get limited() {
      return limited;
    },
    wait(ms) {
      now += ms;
    },
  };
}

for (const [name, ratio, expected] of [
  ['always_on', '', { root: true, sampled: true, not: true }],
  ['always_off', '', { root: false, sampled: false, not: false }],
  ['traceidratio', '0.01', { root: false, sampled: false, not: false }],
  ['parentbased_always_on', '', { root: true, sampled: true, not: false }],
  ['parentbased_always_off', '', { root: false, sampled: true, not: false }],
  ['parentbased_traceidratio', '0.01', { root: false, sampled: true, not: false }],
] as const) {
  test(`${name} decides as the specification says, except the rate`, () => {
    const { ask } = scene(name, ratio);
    assert.deepEqual({ root: ask(HIGH), sampled: ask(HIGH, 'sampled'), not: ask(HIGH, 'not') }, expected);
    if (ratio !== '') assert.equal(ask(LOW), true);
  });

  test(`${name}: a span within the process follows the one above it`, () => {
    const { ask } = scene(name, ratio);
    assert.equal(ask(HIGH, 'sampled', false), true);
    assert.equal(ask(LOW, 'not', false), false);
  });
}

test("a caller's flag cannot have every stream recorded", () => {
  for (const name of ['parentbased_always_off', 'parentbased_traceidratio', 'parentbased_always_on']) {
    const it = scene(name, '0.01');
    const recorded = Array.from({ length: 1_000 }, () => it.ask(HIGH, 'sampled')).filter(Boolean);
    assert.deepEqual([recorded.length, it.limited], [10, 990]);
    it.wait(500);
    assert.equal(Array.from({ length: 100 }, () => it.ask(HIGH, 'sampled')).filter(Boolean).length, 5);
    // However long nobody comes, no more than a second's worth is saved.
    it.wait(3_600_000);
    assert.equal(Array.from({ length: 100 }, () => it.ask(HIGH, 'sampled')).filter(Boolean).length, 10);
  }
});

test("a caller's trace id cannot either", () => {
  const it = scene('traceidratio', '0.01');
  assert.equal(Array.from({ length: 1_000 }, () => it.ask(LOW, 'sampled')).filter(Boolean).length, 10);
});

test('spans within a stream that is recorded take nothing of the rate', () => {
  const it = scene('parentbased_always_on');
  for (let i = 0; i < 1_000; i++) assert.equal(it.ask(HIGH, 'sampled', false), true);
  assert.equal(it.ask(HIGH), true);
  assert.equal(it.limited, 0);
});

test('only always_on has no limit', () => {
  const it = scene('always_on');
  assert.ok(Array.from({ length: 1_000 }, () => it.ask(HIGH, 'sampled')).every(Boolean));
});
