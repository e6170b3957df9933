import type { Pieces } from './outgoing-stream.ts';

/**
 * The same pieces, once the first of them, or the end, is there: until then a failure can still be told as an error. Rejects as
 * reading does.
 */
export async function withFirstPiece(body: Pieces): Promise<Pieces> {
  const pieces = body[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array> | undefined = await pieces.next();
  while (first.done !== true && first.value.length === 0) first = await pieces.next();
  const rest: AsyncIterator<Uint8Array> = {
    async next() {
      if (first === undefined) return pieces.next();
      const taken = first;
      // Kept, it would outlive its account by as long as the stream goes on.
      first = undefined;
      return taken;
    },
  };
  return { [Symbol.asyncIterator]: () => rest, stop: () => body.stop() };
}
