// How a call of grpc-js is read and written: what its Duplex did before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { pino } from 'pino';
import type { ProcessingStream } from '../../../src/ext-proc/stream.ts';
import { StreamCall } from '../../../src/ext-proc/stream-call.ts';
import type { Received } from '../../../src/ext-proc/wire/index.ts';

/** A call with so many messages that have come: grpc-js hands one over within `startRead`. */
function openCall(waiting: number) {
  const seen = { received: 0, drained: 0, closed: 0, statuses: [] as number[] };
  const callbacks: (() => void)[] = [];
  let left = waiting;
  const stream = {
    begin: () => true,
    receive: () => {
      seen.received++;
      onMessage?.();
    },
    drained: () => seen.drained++,
    close: () => seen.closed++,
  };
  let onMessage: (() => void) | undefined;
  const call = {
    decoder: { maxReadMessageLength: -1, write: () => [] },
    startRead() {
      if (left === 0 || streamCall === undefined) return;
      left--;
      streamCall.onReceiveMessage({ kind: 'empty-message' } satisfies Received);
    },
    sendMetadata() {},
    sendMessage: (_: unknown, callback: () => void) => callbacks.push(callback),
    sendStatus: ({ code }: { code: number }) => seen.statuses.push(code),
  };
  let streamCall: StreamCall | undefined;
  const streams = { open: () => stream as unknown as ProcessingStream, cutAnswers() {} };
  streamCall = new StreamCall(
    call as unknown as ServerInterceptingCallInterface,
    new Metadata(),
    streams as unknown as ConstructorParameters<typeof StreamCall>[2],
    pino({ level: 'silent' }),
  );
  const told = (handle: () => void): void => {
    onMessage = handle;
  };
  return { streamCall, seen, callbacks, told };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('thousands of messages that have come are handed over in one go, and only while the stream reads', async () => {
  const { streamCall, seen, told } = openCall(100_000);
  told(() => {
    if (seen.received === 50) streamCall.pause();
  });
  streamCall.onReceiveMessage({ kind: 'empty-message' });
  assert.equal(seen.received, 50);
  await turn();
  assert.equal(seen.received, 50);
  streamCall.resume();
  assert.equal(seen.received, 50, 'not within what resumes');
  await turn();
  assert.equal(seen.received, 100_001);
});

test('a pause right after resuming holds', async () => {
  const { streamCall, seen } = openCall(10);
  streamCall.pause();
  streamCall.resume();
  streamCall.pause();
  await turn();
  assert.equal(seen.received, 0);
});

test('16 unsent replies are as many as there is room for; all must leave before the stream reads on', async () => {
  const { streamCall, seen, callbacks } = openCall(3);
  const room = Array.from({ length: 17 }, () => streamCall.write({}));
  assert.deepEqual(room, [...Array.from({ length: 15 }, () => true), false, false]);
  streamCall.pause();
  streamCall.resume();
  await turn();
  assert.deepEqual([seen.received, seen.drained], [0, 0]);
  for (const callback of callbacks.splice(0)) callback();
  assert.equal(seen.drained, 1);
  streamCall.resume();
  await turn();
  assert.equal(seen.received, 3);
});

test('a call ends once: with what failed first, else when the client has said all', () => {
  const failed = openCall(0);
  failed.streamCall.fail('INVALID_ARGUMENT', 'no');
  failed.streamCall.onReceiveHalfClose();
  failed.streamCall.onCancel();
  assert.deepEqual(failed.seen.statuses, [3]);
  const good = openCall(0);
  good.streamCall.onReceiveHalfClose();
  good.streamCall.fail('INTERNAL', 'late');
  assert.deepEqual(good.seen.statuses, [0]);
  assert.ok(good.seen.closed > 0 && failed.seen.closed > 0);
});
