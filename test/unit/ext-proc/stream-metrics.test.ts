// What a stream tells the metrics, with a clock that the test moves.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { InvocationError, type LambdaInvoker } from '../../../src/lambda/index.ts';
import { openStream, replyTakes, requestHeaders, responseHeaders } from './stream-scene.ts';

test("the sidecar's own time is that of the whole stream, once, without Lambda and without waiting for Envoy", async (t) => {
  const { stream, ownSeconds, outcomes, wait } = openStream(t, 'both');
  stream.receive(requestHeaders);
  await turn();
  wait(500);
  stream.receive(responseHeaders);
  await turn();
  wait(500);
  assert.deepEqual(ownSeconds, []);
  stream.close();
  stream.close();
  assert.deepEqual(ownSeconds, [(2 * replyTakes) / 1000]);
  assert.deepEqual(outcomes, ['completed']);
});

test('a stream without policies has a time of its own too', (t) => {
  const { stream, ownSeconds } = openStream(t, 'idle');
  stream.receive(requestHeaders);
  stream.close();
  assert.deepEqual(ownSeconds, [replyTakes / 1000]);
});

test('where the caller leaves during an invocation its time counts once the invocation has ended', async (t) => {
  const hangs: LambdaInvoker['invoke'] = (_, signal) =>
    new Promise((_resolve, reject) => {
      const aborted = new InvocationError('aborted', { message: 'aborted' });
      signal?.addEventListener('abort', () => reject(aborted));
    });
  const { stream, ownSeconds, outcomes, wait } = openStream(t, 'both', hangs);
  stream.receive(requestHeaders);
  await turn();
  wait(300);
  stream.close();
  assert.deepEqual([outcomes, ownSeconds], [['aborted'], []]);
  await turn();
  assert.deepEqual(ownSeconds, [0]);
});

test('a stream that ends with a gRPC error of the server has failed: nobody got an answer', (t) => {
  const { stream, set, outcomes, grpcErrors, ownSeconds } = openStream(t, 'idle');
  mock.method(set, 'byName', () => {
    throw new Error('unexpected');
  });
  stream.receive(requestHeaders);
  assert.deepEqual([grpcErrors, outcomes], [['INTERNAL'], ['failed']]);
  assert.equal(ownSeconds.length, 1);
});

test('a stream that breaks the protocol counts as a violation', (t) => {
  const { stream, outcomes, grpcErrors } = openStream(t, 'idle');
  stream.receive(requestHeaders);
  stream.receive(requestHeaders);
  assert.deepEqual([grpcErrors, outcomes], [['INVALID_ARGUMENT'], ['violation']]);
});
