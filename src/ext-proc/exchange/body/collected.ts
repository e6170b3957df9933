import type { Part } from '../../wire/index.ts';
import { fail, run, say } from '../acts.ts';
import { goOn } from '../effect.ts';
import type { BodyHandling, Exchange, SideState } from '../state.ts';

export const nothing = Buffer.alloc(0);

/** Pieces are collected until the body is complete. */
export const collecting: Pick<BodyHandling, 'collect' | 'collectTrailers'> = {
  collect(exchange, side, bytes, end) {
    side.pieces.push(bytes);
    if (end) runOnPieces(exchange, side, 'body');
  },

  collectTrailers(exchange, side) {
    runOnPieces(exchange, side, 'trailers');
  },
};

/** The headers have no reply yet, and Envoy sends the pieces unasked; the wait for them needs a limit as well. */
export const whileHeadersWait: Omit<BodyHandling, 'timed' | 'settle' | 'pass'> = {
  ...collecting,
  holdsHeaders: true,
  // Envoy does not accept a piece, not even an empty one, in reply to a message without a body.
  needsPiece: true,

  ask(exchange, side) {
    exchange.effects.push({ kind: 'await-body', side: side.name });
  },

  passTrailers(exchange, side) {
    say(exchange, goOn[side.name].trailers);
  },
};

/** Runs a side's policies on the collected pieces. While they are joined they are in memory twice. */
function runOnPieces(exchange: Exchange, side: SideState, part: Part): void {
  const copied = side.pieces.length > 1 ? side.size : 0;
  if (!exchange.inputs.reserve(copied)) {
    fail(exchange, { kind: 'no-room' }, side);
    return;
  }
  run(exchange, side, part, wholeOf(side));
  exchange.inputs.giveBack(copied);
}

/** What was collected of a body. */
export function wholeOf(side: SideState): Buffer {
  const [first] = side.pieces;
  if (first === undefined) return nothing;
  if (side.pieces.length === 1) return first;
  const whole = Buffer.concat(side.pieces, side.size);
  side.pieces = [whole];
  return whole;
}
