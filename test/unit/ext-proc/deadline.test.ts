import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Deadline } from '../../../src/ext-proc/deadline.ts';
import { realTiming } from '../../../src/ext-proc/timing.ts';

function watch(message: number | undefined, maximum: number | undefined) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const events: string[] = [];
  const deadline = new Deadline(realTiming);
  deadline.start(
    { messageTimeoutMs: message, maxMessageTimeoutMs: maximum },
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
