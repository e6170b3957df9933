import { say } from '../acts.ts';
import { goOn } from '../effect.ts';
import type { BodyHandling, Exchange, SideState } from '../state.ts';
import { nothing, whileHeadersWait } from './collected.ts';

/**
 * STREAMED with `send_body_without_waiting_for_header_response`: pieces come while the headers have no reply, and each has
 * one reply, in order. The headers' reply is final, so it waits until policies have run on the whole body.
 */
export const earlyPieces: BodyHandling = {
  ...whileHeadersWait,
  timed: true,

  settle(exchange, side) {
    const mutation = exchange.inputs.mutation(side.name);
    const body = side.bodiless ? mutation.body : undefined;
    say(exchange, { kind: 'headers', side: side.name, mutation, body, modes: undefined });
    if (!side.bodiless) side.replacement = mutation.body;
    for (let i = 0; i < side.pieceCount; i++) replyToPiece(exchange, side);
    if (side.answers === 'trailers') say(exchange, goOn[side.name].trailers);
  },

  pass: replyToPiece,
};

/** A new body replaces the first piece; the other pieces are removed. */
function replyToPiece(exchange: Exchange, side: SideState): void {
  const { replacement } = side;
  if (replacement === undefined) {
    say(exchange, goOn[side.name].body);
    return;
  }
  say(exchange, { kind: 'replacement', side: side.name, bytes: replacement });
  side.replacement = nothing;
}
