import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { FrameDecoder } from '../../../../src/lambda/event-stream/frame-decoder.ts';
import { FrameError } from '../../../../src/lambda/event-stream/frame-error.ts';
import { NoRoomError } from '../../../../src/memory-account.ts';
import { CountedMemory } from '../../../support/counted-memory.ts';
import { chunkFrame, frame, frameOf } from '../../../support/event-frames.ts';
import { fuzzFrames } from './frame-fuzz.ts';

const MAX_HEADERS = 128 * 1024;
const MAX_PAYLOAD = 16 * 1024 * 1024;

/** Twelve bytes that say so much, with a good checksum. */
function prelude(total: number, headers: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(total, 0);
  bytes.writeUInt32BE(headers, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  return bytes;
}

function refusal(bytes: Buffer): string {
  const memory = new CountedMemory();
  const decoder = new FrameDecoder(memory);
  decoder.push(bytes);
  try {
    decoder.next();
  } catch (error) {
    assert.ok(error instanceof FrameError);
    assert.ok(memory.peak <= bytes.length, `${memory.peak} bytes are taken`);
    return error.message;
  }
  return 'none';
}

describe('the decoder of frames', () => {
  test('a length is trusted only with its checksum, and nothing is allocated for it', () => {
    const wrong = prelude(2 ** 32 - 1, 0);
    wrong[11] = (wrong[11] ?? 0) ^ 1;
    assert.match(refusal(wrong), /the checksum of a length is wrong/);
    assert.match(refusal(prelude(2 ** 32 - 1, 0)), /more than 16777216 bytes of payload/);
    assert.match(refusal(prelude(MAX_PAYLOAD + 17, 0)), /more than 16777216 bytes of payload/);
    assert.match(refusal(prelude(MAX_HEADERS + 17, MAX_HEADERS + 1)), /more than 131072 bytes of headers/);
    for (const total of [0, 1, 15]) assert.match(refusal(prelude(total, 0)), /shorter than its parts/);
    assert.match(refusal(prelude(100, 85)), /shorter than its parts/);
    for (const good of [
      prelude(16, 0),
      prelude(MAX_PAYLOAD + 16, 0),
      prelude(MAX_HEADERS + MAX_PAYLOAD + 16, MAX_HEADERS),
    ]) {
      assert.equal(refusal(good), 'none');
    }
  });

  test('the largest frame is read, and not a second time kept', () => {
    const memory = new CountedMemory();
    const decoder = new FrameDecoder(memory);
    const payload = Buffer.alloc(MAX_PAYLOAD, 'x');
    const bytes = chunkFrame(payload);
    let found: ReturnType<FrameDecoder['next']>;
    for (let at = 0; at < bytes.length; at += 65_536) {
      decoder.push(Buffer.from(bytes.subarray(at, at + 65_536)));
      found = decoder.next();
    }
    assert.ok(found);
    assert.ok(Buffer.concat(found.payload).equals(payload));
    assert.ok(memory.peak <= MAX_PAYLOAD + 16 * 1024, `${memory.peak}`);
  });

  test('a frame that comes byte by byte takes its length, not a hundred times that', () => {
    const memory = new CountedMemory();
    const decoder = new FrameDecoder(memory);
    const bytes = chunkFrame(Buffer.alloc(1_000_000, 'x'));
    let pieces = 0;
    for (const byte of bytes) {
      decoder.push(Buffer.from([byte]));
      pieces += decoder.next()?.payload.length ?? 0;
    }
    assert.equal(pieces, Math.ceil(1_000_000 / 16_384));
    assert.ok(memory.peak <= 1_000_000, `${memory.peak}`);
  });

  test('a small piece of a large buffer does not keep the buffer', () => {
    const memory = new CountedMemory();
    const decoder = new FrameDecoder(memory);
    const buffer = Buffer.alloc(1_000_000);
    const bytes = chunkFrame(Buffer.alloc(10_000));
    buffer.set(bytes.subarray(0, 9_000));
    decoder.push(buffer.subarray(0, 9_000));
    assert.equal(decoder.next(), undefined);
    decoder.push(Buffer.from(bytes.subarray(9_000)));
    // Buffers of Node's own pool may be shared: it has 8 KiB, or 64 KiB and a little more since Node 26.
    for (const piece of decoder.next()?.payload ?? []) assert.ok(piece.buffer.byteLength < 2 * 65_536);
  });

  test('several frames of one piece come one after the other, and a cut one is reported', () => {
    const decoder = new FrameDecoder(new CountedMemory());
    decoder.push(Buffer.concat([chunkFrame('a'), chunkFrame(''), chunkFrame('b'), chunkFrame('c').subarray(0, 5)]));
    assert.deepEqual(
      [1, 2, 3, 4].map(() => decoder.next()?.payload.map(String)),
      [['a'], [], ['b'], undefined],
    );
    assert.ok(decoder.isCut);
  });

  test('without room it says so, and gives back what it held', () => {
    const memory = new CountedMemory(50_000);
    const decoder = new FrameDecoder(memory);
    decoder.push(chunkFrame(Buffer.alloc(60_000)));
    assert.throws(() => decoder.next(), NoRoomError);
    decoder.drop();
    assert.equal(memory.taken, 0);
  });

  test('headers of every type are passed over, and none reaches beyond its frame', () => {
    const types = [0, 1, 2, 3, 4, 5, 8, 9].map((type, i) => {
      const sizes = [0, 0, 1, 2, 4, 8, 8, 16];
      return [`h${i}`, { type, bytes: Buffer.alloc(sizes[i] ?? 0) }] as const;
    });
    const bytes = { type: 6, bytes: Buffer.from([0, 2, 1, 1]) };
    const decoder = new FrameDecoder(new CountedMemory());
    decoder.push(frame({ ...Object.fromEntries(types), bytes, ':event-type': 'x' }, 'p'));
    assert.deepEqual(decoder.next()?.headers, { ':event-type': 'x' });
    assert.match(refusal(frame({ a: { type: 10, bytes: Buffer.alloc(0) } })), /unknown type 10/);
    for (const cut of [[5], [1, 0x61], [1, 0x61, 7], [1, 0x61, 7, 0], [1, 0x61, 7, 0, 1], [1, 0x61, 9, 0]]) {
      assert.match(
        refusal(frameOf(Buffer.from(cut), 'payload that is no header')),
        /longer than the headers/,
        String(cut),
      );
    }
  });

  test('in 5,000 random frames it sees what the codec of the SDK sees', (context) => {
    const seed = Number(process.env.FRAME_SEED ?? Date.now() % 2 ** 31);
    context.diagnostic(`seed ${seed}`);
    const { classes, mostSlack } = fuzzFrames(5_000, seed);
    for (const [name, times] of [...classes].sort()) context.diagnostic(`${name}: ${times}`);
    context.diagnostic(`at most ${mostSlack} bytes were taken beyond those that had come`);
    for (const outcome of ['read by both', 'refused by both', 'waits for more']) {
      assert.ok(
        [...classes.keys()].some((name) => name.endsWith(outcome)),
        outcome,
      );
    }
  });
});
