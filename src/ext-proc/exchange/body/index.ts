import type { BodyMode } from '../../wire/index.ts';
import type { BodyHandling } from '../state.ts';
import { earlyPieces } from './early-pieces.ts';
import { fullDuplex } from './full-duplex.ts';
import { observed } from './observed.ts';
import { pieces } from './pieces.ts';
import { wholeBody } from './whole-body.ts';

const handlings: Readonly<Record<BodyMode, BodyHandling>> = {
  NONE: wholeBody,
  BUFFERED: wholeBody,
  STREAMED: pieces,
  BUFFERED_PARTIAL: pieces,
  GRPC: pieces,
  FULL_DUPLEX_STREAMED: fullDuplex,
};

/** The handling of bodies for a configuration of the filter. `early`: pieces do not wait for the headers' reply. */
export function bodyHandling(mode: BodyMode, observability: boolean, early: boolean): BodyHandling {
  if (observability) return observed;
  if (early && mode === 'STREAMED') return earlyPieces;
  // A mode that a later Envoy brings arrives as a number.
  return handlings[mode] ?? wholeBody;
}
