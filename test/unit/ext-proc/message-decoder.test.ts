// gRPC messages, cut out of what arrives: held against grpc-js's own decoder.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import fc from 'fast-check';
import { askBeforeMessages, MessageDecoder } from '../../../src/ext-proc/message-decoder.ts';
import { frame } from '../../support/raw-streams.ts';

interface Decoder {
  write(data: Buffer): Buffer[];
}
const { StreamDecoder } = createRequire(import.meta.url)('@grpc/grpc-js/build/src/stream-decoder.js') as {
  readonly StreamDecoder: new (limit: number) => Decoder;
};

const seed = Number(process.env.DECODER_SEED ?? Date.now() % 1_000_000);

function writeAll(decoder: Decoder, bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).flatMap((edge, i) => decoder.write(bytes.subarray(edges[i], edge)));
}

test(`messages in any pieces come out as grpc-js makes them, and are announced before, seed ${seed}`, () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      fc.nat(3),
      (messages, cuts, missing) => {
        const bytes = Buffer.concat(messages.map((message) => frame(message)));
        const sent = bytes.subarray(0, Math.max(0, bytes.length - missing));
        const announced: number[] = [];
        const ours = new MessageDecoder(-1, (size) => announced.push(size) > 0);
        assert.deepEqual(writeAll(ours, sent, cuts), writeAll(new StreamDecoder(-1), sent, cuts));
        assert.deepEqual(announced, messages.map(({ length }) => length).slice(0, announced.length));
      },
    ),
    { seed, numRuns: 500 },
  );
});

test('a refused message is not collected, nor what follows it', () => {
  const decoder = new MessageDecoder(-1, (bytes) => bytes < 10);
  const [small, large] = [frame(Buffer.alloc(9)), frame(Buffer.alloc(10))];
  assert.deepEqual(decoder.write(Buffer.concat([small, large, small])), [small]);
  assert.deepEqual(decoder.write(small), []);
});

test('a message over the limit is an error once, and nothing after it is looked at', () => {
  const begun: number[] = [];
  const decoder = new MessageDecoder(9, (bytes) => begun.push(bytes) > 0);
  assert.throws(() => decoder.write(frame(Buffer.alloc(0), 10)), /larger than max \(10 vs 9\)/);
  assert.deepEqual(decoder.write(frame(Buffer.alloc(9))), []);
  assert.deepEqual(begun, []);
});

test('a change of grpc-js that moves the decoder is an error, not memory that nobody counts', () => {
  for (const call of [{}, { decoder: {} }, { decoder: { write: () => [] } }]) {
    const moved = call as unknown as ServerInterceptingCallInterface;
    assert.throws(() => askBeforeMessages(moved, () => true), /no longer has call.decoder/);
  }
});
