import type { BodyHandling } from '../state.ts';
import { collecting } from './collected.ts';

/** Observability mode: Envoy waits for nothing and ignores replies, so there are none. A body may come in pieces. */
export const observed: BodyHandling = {
  ...collecting,
  timed: false,
  holdsHeaders: false,
  needsPiece: false,
  ask() {},
  settle() {},
  pass() {},
  passTrailers() {},
};
