import type { BodyHandling } from '../state.ts';
import { runOnPieces } from './collected.ts';

/** Observability mode: Envoy waits for nothing and ignores replies, so there are none. A body may come in pieces. */
export const observed: BodyHandling = {
  timed: false,
  holdsHeaders: false,
  needsPiece: false,
  ask() {},
  collect(exchange, side, bytes, end) {
    side.pieces.push(bytes);
    if (end) runOnPieces(exchange, side, 'body');
  },
  collectTrailers(exchange, side) {
    runOnPieces(exchange, side, 'trailers');
  },
  settle() {},
  pass() {},
  passTrailers() {},
};
