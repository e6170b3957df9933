import type { Pieces } from './outgoing-stream.ts';

/**
 * The same pieces, once the first of them, or the end, is there: until then a failure can still be told as an error. Rejects as
 * reading does.
 */
export async function withFirstPiece(body: Pieces): Promise<Pieces> {
  const pieces = body[Symbol.asyncIterator]();
  let first = await pieces.next();
  while (first.done !== true && first.value.length === 0) first = await pieces.next();
  let taken = false;
  const rest: AsyncIterator<Uint8Array> = {
    async next() {
      if (taken) return pieces.next();
      taken = true;
      return first;
    },
  };
  return { [Symbol.asyncIterator]: () => rest, stop: () => body.stop() };
}
