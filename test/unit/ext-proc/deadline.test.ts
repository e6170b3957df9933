import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { Deadline, messageTimeouts } from '../../../src/ext-proc/deadline.ts';
import type { PolicySet } from '../../../src/policy/index.ts';

function metadata(values: Record<string, string>): Metadata {
  const result = new Metadata();
  for (const [key, value] of Object.entries(values)) result.set(key, value);
  return result;
}

const told = { messageTimeoutMs: 700, maxMessageTimeoutMs: undefined } as PolicySet;

for (const [text, ms] of [
  ['200', 200],
  ['200ms', 200],
  ['1.5s', 1500],
  ['0', 700],
  ['soon', 700],
  ['-5', 700],
  ['1e9', 700],
] as const) {
  test(`x-lambda-message-timeout: ${text} means ${ms} ms where the configuration says 700`, () => {
    assert.equal(messageTimeouts(metadata({ 'x-lambda-message-timeout': text }), told).message, ms);
  });
}

function watch(message: number | undefined, maximum: number | undefined) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const events: string[] = [];
  const deadline = new Deadline();
  deadline.start(
    { message, maximum },
    { onExtend: (ms) => events.push(`extend ${ms}`), onExpire: () => events.push('expire') },
  );
  return { events, deadline };
}

test('an unknown timeout is never watched', () => {
  const { events } = watch(undefined, 5000);
  mock.timers.tick(10_000_000);
  mock.timers.reset();
  assert.deepEqual(events, []);
});

test('without a maximum the answer leaves before the timeout', () => {
  const { events } = watch(200, undefined);
  mock.timers.tick(179);
  assert.deepEqual(events, []);
  mock.timers.tick(1);
  assert.deepEqual(events, ['expire']);
  mock.timers.reset();
});

test('with a maximum the timeout is extended once, then the answer leaves before it', () => {
  const { events } = watch(200, 5000);
  mock.timers.tick(180);
  assert.deepEqual(events, ['extend 5000']);
  mock.timers.tick(4899);
  assert.deepEqual(events, ['extend 5000']);
  mock.timers.tick(1);
  assert.deepEqual(events, ['extend 5000', 'expire']);
  mock.timers.reset();
});

test('a stopped deadline says nothing', () => {
  const { events, deadline } = watch(200, 5000);
  mock.timers.tick(180);
  deadline.stop();
  mock.timers.tick(10_000);
  mock.timers.reset();
  assert.deepEqual(events, ['extend 5000']);
});
