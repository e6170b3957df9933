import type { Pieces } from './outgoing-stream.ts';

/**
 * The same pieces, once the first of them, or the end, has arrived: until then a failure can still become an error. Rejects as
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
      // If kept, it would stay in memory uncounted for as long as the stream lasts.
      first = undefined;
      return taken;
    },
  };
  return { [Symbol.asyncIterator]: () => rest, stop: () => body.stop() };
}
