import { setImmediate as nextTurn } from 'node:timers/promises';
import { AnswerSender } from '../../src/ext-proc/streaming/index.ts';
import { writeStreamPiece } from '../../src/ext-proc/wire/stream-piece.ts';
import { FrameDecoder } from '../../src/lambda/event-stream/frame-decoder.ts';
import { unlimitedMemory } from '../../src/memory-account.ts';
import { chunkFrame } from '../../test/support/event-frames.ts';

export interface ChunkCost {
  /** CPU time of the thread for one chunk: from the bytes of its frame to the bytes of the message for Envoy. */
  readonly micros: number;
  /** CPU time of one copy of the same number of bytes. */
  readonly floorMicros: number;
}

/** The cost of the project's own code for one chunk, without sockets, HTTP and gRPC. */
export async function chunkCost(chunk: Buffer, count: number): Promise<ChunkCost> {
  // Bytes as they arrive from a socket.
  const frame = chunkFrame(chunk);
  await sendAll(frame, 2_000);
  const before = process.cpuUsage();
  const written = await sendAll(frame, count);
  const { user, system } = process.cpuUsage(before);
  if (written < count * chunk.length) throw new Error('not all was written');
  return { micros: (user + system) / count, floorMicros: copyCost(chunk, count) };
}

async function sendAll(frame: Buffer, count: number): Promise<number> {
  let written = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sender = new AnswerSender(
    {
      head: { status: 200, headers: [], cookies: [], bodiless: false },
      body: decoded(frame, count),
      limits: { maxBytes: 2 ** 40, bytesPerSecond: 2 ** 40, burstBytes: 2 ** 40 },
    },
    {
      memory: unlimitedMemory,
      timing: { set: (run, ms) => setTimeout(run, ms), clear() {} },
      monotonic: () => performance.now(),
      writeHead() {},
      writePiece(bytes, end, onSent) {
        written += writeStreamPiece(bytes, end).length;
        onSent();
        return true;
      },
      ended: (failure) => (failure === undefined ? resolve() : reject(failure)),
    },
  );
  sender.start();
  await promise;
  return written;
}

function decoded(frame: Buffer, count: number) {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const decoder = new FrameDecoder(unlimitedMemory);
    for (let i = 0; i < count; i++) {
      decoder.push(frame);
      for (let next = decoder.next(); next !== undefined; next = decoder.next()) yield* next.payload;
      if (i % 100 === 0) await nextTurn();
    }
  }
  return Object.assign(pieces(), { stop() {} });
}

function copyCost(chunk: Buffer, count: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) Buffer.allocUnsafe(chunk.length).set(chunk);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
