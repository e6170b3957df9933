import type { Part } from '../../wire/index.ts';
import { fail, run } from '../acts.ts';
import type { Exchange, SideState } from '../state.ts';

const nothing = Buffer.alloc(0);

/** Runs a side's policies on the pieces that were collected. While they are put together they are there twice. */
export function runOnPieces(exchange: Exchange, side: SideState, part: Part): void {
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
