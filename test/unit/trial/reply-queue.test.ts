import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { ReplyQueue } from '../../../src/trial/envoy/reply-queue.ts';

test('who waits for a reply that never comes gets an error after 10 s', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const waiting = new ReplyQueue(new Map(), 'lambda-ext-proc').next();
  mock.timers.tick(9_999);
  mock.timers.tick(1);
  await assert.rejects(waiting, /the policies gave no answer within 10 s/);
});

test('a function that is called for real may take longer', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const queue = new ReplyQueue(new Map(), 'lambda-ext-proc', true);
  const waiting = queue.next();
  mock.timers.tick(60_000);
  queue.write({ request_headers: {} });
  assert.deepEqual(await waiting, { request_headers: {} });
});

test('a stream that ends with an error fails who waits, and asking for more time is not a reply', async () => {
  const queue = new ReplyQueue(new Map([['x-lambda-api', 'orders']]), 'lambda-ext-proc');
  assert.deepEqual(queue.metadata.get('x-lambda-api'), ['orders']);
  const waiting = queue.next();
  queue.write({ override_message_timeout: { seconds: 1, nanos: 0 } });
  queue.write({ request_headers: {} });
  assert.deepEqual(await waiting, { request_headers: {} });
  const further = queue.next();
  queue.fail('INTERNAL', 'broken');
  await assert.rejects(further, /INTERNAL: broken/);
  assert.equal(queue.replies.length, 2);
});
