import { say } from '../acts.ts';
import { goOn } from '../effect.ts';
import type { BodyHandling } from '../state.ts';
import { nothing, whileHeadersWait, wholeOf } from './collected.ts';

/**
 * FULL_DUPLEX_STREAMED: pieces come without waiting for a reply, and any number of pieces goes back. The headers stay
 * without a reply until policies have run on the whole body, so that they can still change.
 */
export const fullDuplex: BodyHandling = {
  ...whileHeadersWait,
  timed: false,

  settle(exchange, side) {
    const mutation = exchange.inputs.mutation(side.name);
    if (side.answers === 'headers') {
      const { bodiless } = side;
      // If pieces follow, the new body replaces them.
      if (!bodiless) side.replacement = mutation.body;
      const body = bodiless ? mutation.body : undefined;
      say(exchange, { kind: 'headers', side: side.name, mutation, body, modes: undefined });
      return;
    }
    say(exchange, { kind: 'headers', side: side.name, mutation, body: undefined, modes: undefined });
    const bytes = mutation.body ?? wholeOf(side);
    const end = side.answers === 'body';
    if (end || bytes.length > 0) say(exchange, { kind: 'piece', side: side.name, bytes, end });
    if (!end) say(exchange, goOn[side.name].trailers);
  },

  pass(exchange, side, bytes, end) {
    const { replacement } = side;
    if (replacement === undefined) {
      say(exchange, { kind: 'piece', side: side.name, bytes, end });
      return;
    }
    // It is the reply to the first piece; the other pieces are removed.
    if (end || replacement.length > 0) say(exchange, { kind: 'piece', side: side.name, bytes: replacement, end });
    side.replacement = nothing;
  },
};
