// What becomes of a stream whose replies cannot be written, or that cannot even be ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStream, received, requestHeaders, type Scene } from './stream-scene.ts';

function isGivenBack({ stream, capacity, outcomes, ownSeconds }: Scene): void {
  stream.close();
  assert.deepEqual([capacity.streams, capacity.bufferedBytes], [0, 0]);
  assert.deepEqual([outcomes.length, ownSeconds.length], [1, 1]);
}

test('a reply that cannot be written becomes an error for the caller', (t) => {
  const scene = openStream(t, 'idle');
  scene.broken.write = (reply) => reply.immediate_response === undefined;
  scene.stream.receive(requestHeaders);
  assert.deepEqual(scene.replies, ['immediate_response']);
  isGivenBack(scene);
  assert.deepEqual(scene.outcomes, ['immediate']);
});

test('where nothing can be written the stream ends with a gRPC error, and has failed', (t) => {
  const scene = openStream(t, 'idle');
  scene.broken.write = () => true;
  scene.stream.receive(requestHeaders);
  assert.deepEqual([scene.replies, scene.grpcErrors], [[], ['INTERNAL']]);
  isGivenBack(scene);
  assert.deepEqual(scene.outcomes, ['failed']);
});

test("a reply to Envoy's own answer that cannot be written ends the stream, though its policies were cut", (t) => {
  const scene = openStream(t, 'both', () => new Promise(() => {}));
  scene.stream.receive(requestHeaders);
  scene.broken.write = (reply) => reply.response_headers !== undefined;
  const headers = { headers: [{ key: ':status', raw_value: Buffer.from('404') }] };
  scene.stream.receive(
    received({ response_headers: { headers, end_of_stream: true } } as Parameters<typeof received>[0]),
  );
  assert.deepEqual(scene.grpcErrors, ['INTERNAL']);
  scene.stream.close();
  assert.deepEqual([scene.capacity.streams, scene.outcomes], [0, ['failed']]);
});

test('what a stream held is given back though it cannot be ended', (t) => {
  const scene = openStream(t, 'idle');
  scene.broken.fail = true;
  scene.stream.receive(received({}));
  isGivenBack(scene);
  assert.deepEqual(scene.outcomes, ['violation']);
});
