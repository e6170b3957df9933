// Spans on their way to a receiver, one that is away, and one that never answers.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { pino } from 'pino';
import { createTracing } from '../../../src/tracing/sdk-tracing.ts';
import { readTracingSettings } from '../../../src/tracing/settings.ts';
import type { TraceSpan, Tracing } from '../../../src/tracing/span.ts';
import { parseTraceParent, type TraceParent } from '../../../src/tracing/trace-parent.ts';
import { startOtlpReceiver } from '../../support/otlp-receiver.ts';

const PARENT: TraceParent = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  sampled: true,
  random: false,
  traceState: 'congo=t61rcWkgMzE',
};

interface Scene {
  readonly tracing: Tracing;
  readonly counts: Record<'exported' | 'failed' | 'dropped', number>;
  readonly log: readonly Record<string, unknown>[];
}

function scene(endpoint: string, environment: Record<string, string> = {}): Scene {
  const { settings } = readTracingSettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_BSP_SCHEDULE_DELAY: '10',
    ...environment,
  });
  assert.ok(settings);
  const counts = { exported: 0, failed: 0, dropped: 0 };
  const log: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void log.push(JSON.parse(line)) });
  const observer = {
    spans: (outcome: keyof typeof counts, count: number) => {
      counts[outcome] += count;
    },
    traceLimited() {},
  };
  const tracing = createTracing(settings, { observer, logger, version: '1.2.3', worker: 1 });
  return { tracing, counts, log };
}

function end(span: TraceSpan): void {
  span.end();
}

test("spans arrive with their parents, the caller's tracestate and their attributes", async (t) => {
  const receiver = await startOtlpReceiver(t);
  const { tracing, counts } = scene(receiver.endpoint, {
    OTEL_SERVICE_NAME: 'edge',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  });
  const stream = tracing.begin('stream', 'server', PARENT);
  assert.equal(stream.traceId, PARENT.traceId);
  const policy = stream.child('policy', 'internal', { number: 1, text: 'x', absent: undefined });
  policy.set('long', 'y'.repeat(10_000));
  policy.fail('AWS_LAMBDA_INVALID_RESPONSE', 'why');
  const root = tracing.begin('root', 'client', undefined);
  for (const span of [policy, stream, root]) end(span);
  policy.set('late', true);
  policy.fail('late');
  end(policy);
  const spans = await receiver.received(3);
  await tracing.close(5_000);
  const [first, second, third] = ['policy', 'stream', 'root'].map((name) => spans.find((span) => span.name === name));
  assert.ok(first && second && third);
  assert.deepEqual(
    [second.traceId, second.parentSpanId, second.traceState, second.kind],
    [PARENT.traceId, PARENT.spanId, 'congo=t61rcWkgMzE', 'SPAN_KIND_SERVER'],
  );
  assert.deepEqual(
    [first.parentSpanId, first.kind, first.status, first.message],
    [second.spanId, 'SPAN_KIND_INTERNAL', 'error', 'why'],
  );
  const { long, ...attributes } = first.attributes;
  assert.deepEqual(attributes, { number: 1, text: 'x', 'error.type': 'AWS_LAMBDA_INVALID_RESPONSE' });
  assert.equal(String(long).length, 256);
  assert.deepEqual([third.parentSpanId, third.kind], ['', 'SPAN_KIND_CLIENT']);
  assert.notEqual(third.traceId, PARENT.traceId);
  const { resource } = first;
  assert.deepEqual(
    [resource['service.name'], resource['service.version'], resource['deployment.environment.name']],
    ['edge', '1.2.3', 'test'],
  );
  assert.equal(resource['lambda_ext_proc.worker'], 1);
  assert.match(String(resource['service.instance.id']), /^[0-9a-f-]{36}$/);
  assert.deepEqual(counts, { exported: 3, failed: 0, dropped: 0 });
  const [request] = receiver.requests;
  assert.deepEqual([request?.headers['x-tenant'], request?.headers['content-encoding']], ['a b', 'gzip']);
});

test('whom a span calls gets its trace, in the forms of W3C and of AWS', async (t) => {
  const receiver = await startOtlpReceiver(t);
  const { tracing } = scene(receiver.endpoint);
  const span = tracing.begin('stream', 'server', { ...PARENT, random: true }).child('call', 'client');
  const { traceparent, tracestate, xAmznTraceId } = span.outgoing;
  span.end();
  const [{ spanId = '' } = {}] = await receiver.received(1);
  await tracing.close(5_000);
  assert.equal(traceparent, `00-${PARENT.traceId}-${spanId}-03`);
  assert.equal(tracestate, PARENT.traceState);
  assert.equal(xAmznTraceId, `Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=${spanId};Sampled=1`);
});

test('a stream that is not recorded passes its trace on, and sends nothing', async (t) => {
  const receiver = await startOtlpReceiver(t);
  const { tracing, counts } = scene(receiver.endpoint, { OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
  const span = tracing.begin('stream', 'server', { ...PARENT, sampled: false });
  const child = span.child('call', 'client', { a: 1 });
  child.set('b', 2);
  child.fail('x');
  child.end();
  span.end();
  assert.equal(span.isRecorded, false);
  assert.equal(child, span);
  const outgoing = parseTraceParent(span.outgoing.traceparent);
  assert.deepEqual([outgoing?.traceId, outgoing?.sampled], [PARENT.traceId, false]);
  assert.notEqual(outgoing?.spanId, PARENT.spanId);
  assert.match(span.outgoing.xAmznTraceId, /;Sampled=0$/);
  await tracing.close(5_000);
  assert.deepEqual([receiver.requests.length, counts.exported], [0, 0]);
});

test('private texts are in no attribute, name or message of a span and its children', async (t) => {
  const receiver = await startOtlpReceiver(t);
  const { tracing } = scene(receiver.endpoint);
  const span = tracing.begin('stream', 'server', undefined);
  span.redact((text) => text.replaceAll('hunter2', '…'));
  const child = span.child('call hunter2', 'client', { function: 'f-hunter2' });
  child.set('region', 'hunter2');
  child.fail('x', 'hunter2 is wrong');
  end(child);
  end(span);
  await receiver.received(2);
  await tracing.close(5_000);
  assert.doesNotMatch(receiver.bytes().toString('latin1'), /hunter2/);
  assert.match(receiver.bytes().toString(), /f-…/);
});

test('a receiver that is away costs what the queue holds, and is logged once', async () => {
  // Nobody listens on port 9 (discard) of the loopback.
  const { tracing, counts, log } = scene('http://127.0.0.1:9', {
    OTEL_BSP_MAX_QUEUE_SIZE: '20',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
  });
  for (let i = 0; i < 100; i++) tracing.begin(`span ${i}`, 'server', undefined).end();
  // One batch is on its way, and the queue is full behind it.
  assert.equal(counts.dropped, 70);
  await tracing.close(5_000);
  assert.deepEqual(counts, { exported: 0, failed: 30, dropped: 70 });
  assert.equal(log.length, 1);
  assert.match(String(log[0]?.msg), /^traces cannot be exported/);
  assert.match(String(log[0]?.reason), /ECONNREFUSED/);
});

test('a receiver that takes nothing is reported by its answer', async (t) => {
  const receiver = await startOtlpReceiver(t, {
    answer: (_, response) => void response.writeHead(401, 'Unauthorized').end('no such key'),
  });
  const { tracing, counts, log } = scene(receiver.endpoint);
  tracing.begin('span', 'server', undefined).end();
  await receiver.received(1);
  await tracing.close(5_000);
  assert.deepEqual(counts, { exported: 0, failed: 1, dropped: 0 });
  assert.match(String(log[0]?.reason), /Unauthorized/);
});

test('a receiver that never answers holds up neither spans nor the end', async (t) => {
  let answers = false;
  const held: ServerResponse[] = [];
  const answer = (_: unknown, response: ServerResponse): void => void (answers ? response.end() : held.push(response));
  const receiver = await startOtlpReceiver(t, { answer });
  const { tracing, counts } = scene(receiver.endpoint, {
    OTEL_BSP_MAX_QUEUE_SIZE: '10',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
  });
  for (let i = 0; i < 10; i++) tracing.begin('span', 'server', undefined).end();
  await receiver.received(10);
  for (let i = 0; i < 1_000; i++) tracing.begin('span', 'server', undefined).end();
  assert.equal(counts.dropped, 990);
  const before = performance.now();
  await tracing.close(100);
  // Without the limit it would take the exporter's ten seconds.
  assert.ok(performance.now() - before < 5_000);
  answers = true;
  for (const response of held) response.end();
});
