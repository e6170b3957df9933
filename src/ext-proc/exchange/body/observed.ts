import { run } from '../acts.ts';
import type { BodyHandling } from '../state.ts';

/** Observability mode: Envoy waits for nothing and ignores replies, so there are none. A body may come in pieces. */
export const observed: BodyHandling = {
  timed: false,
  takesOverride: false,
  holdsHeaders: false,
  ask() {},
  collect(exchange, side, bytes, end) {
    side.pieces.push(bytes);
    if (end) run(exchange, side, 'body', Buffer.concat(side.pieces));
  },
  collectTrailers(exchange, side) {
    run(exchange, side, 'trailers', Buffer.concat(side.pieces));
  },
  settle() {},
  pass() {},
  passTrailers() {},
};
