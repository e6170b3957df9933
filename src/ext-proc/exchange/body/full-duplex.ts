import { fail, say } from '../acts.ts';
import { goOn } from '../effect.ts';
import type { Failure } from '../failure.ts';
import type { BodyHandling } from '../state.ts';
import { runOnPieces, wholeOf } from './collected.ts';

/**
 * FULL_DUPLEX_STREAMED: pieces come without waiting for a reply, and any number of pieces goes back. The headers stay
 * without a reply until policies have run on the whole body, so that they can still change.
 */
export const fullDuplex: BodyHandling = {
  timed: false,
  takesOverride: false,
  holdsHeaders: true,

  ask(exchange, side) {
    exchange.effects.push({ kind: 'await-body', side: side.name });
  },

  collect(exchange, side, bytes, end) {
    side.pieces.push(bytes);
    if (end) runOnPieces(exchange, side, 'body');
  },

  collectTrailers(exchange, side) {
    runOnPieces(exchange, side, 'trailers');
  },

  settle(exchange, side) {
    const mutation = exchange.inputs.mutation(side.name);
    if (side.answers === 'trailers' && side.pieces.length === 0 && isSomething(mutation.body)) {
      fail(exchange, noPlace);
      return;
    }
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
    if (replacement === undefined) {
      say(exchange, { kind: 'piece', side: side.name, bytes, end });
      return;
    }
    // It goes back for the first piece that comes, and nothing for the others.
    if (end || replacement.length > 0) say(exchange, { kind: 'piece', side: side.name, bytes: replacement, end });
    side.replacement = nothing;
  },

  passTrailers(exchange, side) {
    if (isSomething(side.replacement)) fail(exchange, noPlace);
    else say(exchange, goOn[side.name].trailers);
  },
};

const nothing = Buffer.alloc(0);

/** Envoy takes no piece in reply to a message that has trailers and no body. */
const noPlace: Failure = {
  kind: 'body-refused',
  reason: 'a new body was set for a message of headers and trailers alone',
};

function isSomething(body: Uint8Array | undefined): boolean {
  return body !== undefined && body.length > 0;
}
