import { charge, type MemoryAccount } from '../../memory-account.ts';
import { bodyTooLarge } from '../../policy/index.ts';
import type { Pieces } from './outgoing-stream.ts';

/** The whole of a body that arrives, taken of `memory` as it grows. Rejects as reading does, and where it is over `limit`. */
export async function collectBody(body: Pieces, limit: number, memory: MemoryAccount): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > limit) throw bodyTooLarge('response', `an answer that cannot be streamed is over ${limit} bytes`);
    charge(memory, piece.length);
    // What a piece is a view of may be used again.
    pieces.push(Uint8Array.prototype.slice.call(piece));
  }
  charge(memory, size);
  const whole = Buffer.concat(pieces, size);
  memory.give(size);
  return whole;
}
