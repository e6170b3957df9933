import { charge, type MemoryAccount } from '../../memory-account.ts';
import { bodyTooLarge } from '../../policy/index.ts';
import type { Pieces } from './outgoing-stream.ts';

/** Collects a whole body, charged to `memory` as it grows. Rejects as reading does, and if it exceeds `limit`. */
export async function collectBody(body: Pieces, limit: number, memory: MemoryAccount): Promise<Uint8Array> {
  // One buffer: kept as they come, pieces of a byte each would take a hundred times their length.
  let buffer: Uint8Array = new Uint8Array();
  let size = 0;
  for await (const piece of body) {
    const length = size + piece.length;
    if (length > limit) throw bodyTooLarge('response', `an answer that cannot be streamed is over ${limit} bytes`);
    if (length > buffer.length) buffer = grown(buffer, size, Math.min(limit, Math.max(length, 2 * size)), memory);
    buffer.set(piece, size);
    size = length;
  }
  return size < buffer.length ? grown(buffer, size, size, memory) : buffer;
}

/** Its first `size` bytes in a buffer of another length. During the copy they are in memory twice. */
function grown(buffer: Uint8Array, size: number, length: number, memory: MemoryAccount): Uint8Array {
  charge(memory, length);
  const other = Buffer.allocUnsafe(length);
  other.set(buffer.subarray(0, size));
  memory.give(buffer.length);
  return other;
}
