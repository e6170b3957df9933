import { run, say } from '../acts.ts';
import { goOn } from '../effect.ts';
import type { BodyHandling, SideState } from '../state.ts';

/**
 * FULL_DUPLEX_STREAMED: pieces come without waiting for a reply, and any number of pieces goes back. The headers stay
 * without a reply until policies have run on the whole body, so that they can still change.
 */
export const fullDuplex: BodyHandling = {
  timed: false,

  ask() {},

  collect(exchange, side, bytes, end) {
    side.pieces.push(bytes);
    if (end) run(exchange, side, 'body', wholeOf(side));
  },

  collectTrailers(exchange, side) {
    run(exchange, side, 'trailers', wholeOf(side));
  },

  settle(exchange, side) {
    const mutation = exchange.inputs.mutation(side.name);
    if (side.answers === 'headers') {
      const { bodiless } = side;
      // Where pieces follow, the new body takes their place.
      if (!bodiless) side.replacement = mutation.body;
      const body = bodiless ? mutation.body : undefined;
      say(exchange, { kind: 'headers', side: side.name, mutation, body, modes: undefined });
      return;
    }
    say(exchange, { kind: 'headers', side: side.name, mutation, body: undefined, modes: undefined });
    const bytes = mutation.body ?? wholeOf(side);
    const end = side.answers === 'body';
    // Envoy takes no piece, not even an empty one, in reply to a message without a body.
    if (end || bytes.length > 0) say(exchange, { kind: 'piece', side: side.name, bytes, end });
    if (!end) say(exchange, goOn[side.name].trailers);
  },

  pass(exchange, side, bytes, end) {
    const { replacement } = side;
    if (replacement === undefined) say(exchange, { kind: 'piece', side: side.name, bytes, end });
    else if (end) say(exchange, { kind: 'piece', side: side.name, bytes: replacement, end });
  },

  passTrailers(exchange, side) {
    const { replacement } = side;
    if (replacement !== undefined) say(exchange, { kind: 'piece', side: side.name, bytes: replacement, end: false });
    say(exchange, goOn[side.name].trailers);
  },
};

function wholeOf(side: SideState): Buffer {
  const [first] = side.pieces;
  if (first !== undefined && side.pieces.length === 1) return first;
  const whole = Buffer.concat(side.pieces);
  side.pieces = [whole];
  return whole;
}
