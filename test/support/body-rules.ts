import type { BodyMode } from '../../src/ext-proc/wire/index.ts';

export interface BodySetup {
  readonly modes: Readonly<Record<'request' | 'response', BodyMode>>;
  readonly allowOverride: boolean;
  /** `send_body_without_waiting_for_header_response`. */
  readonly early?: boolean;
  readonly request: BodyShape;
  readonly response: BodyShape;
}

/** A message's body as it is sent. */
export interface BodyShape {
  readonly pieces: readonly Buffer[];
  readonly trailers: boolean;
  /** Whether content-length is told. */
  readonly length: boolean;
}

/** Why a body of at most `limit` bytes cannot be read in the direction `side`, by the rules alone; undefined: it can. */
export function bodyRefusal(
  setup: BodySetup,
  side: 'request' | 'response',
  limit: number,
): 'BODY_TOO_LARGE' | 'BODY_UNAVAILABLE' | undefined {
  const { modes } = setup;
  const { pieces, trailers, length } = setup[side];
  if (pieces.length === 0 && !trailers) return undefined;
  const size = sizeOf(pieces);
  // Refused before it is asked for.
  if (length && size > limit) return 'BODY_TOO_LARGE';
  const holdsHeaders = modes[side] === 'FULL_DUPLEX_STREAMED' || (setup.early && modes[side] === 'STREAMED');
  if (holdsHeaders) return size > limit ? 'BODY_TOO_LARGE' : undefined;
  // The headers would go on before policies can change them.
  if (!isOverridable(setup) && modes[side] === 'STREAMED') return 'BODY_UNAVAILABLE';
  if (isOverridden(setup) || modes[side] === 'BUFFERED') {
    if (pieces.length === 0) return 'BODY_UNAVAILABLE';
    if (size > limit) return 'BODY_TOO_LARGE';
    // Trailers leave end_of_stream unset, as a part of a body does where an override was ignored.
    const ambiguous = modes[side] !== 'BUFFERED' && modes[side] !== 'NONE' && trailers && !length;
    return ambiguous ? 'BODY_UNAVAILABLE' : undefined;
  }
  if (modes[side] === 'NONE' || pieces.length === 0) return 'BODY_UNAVAILABLE';
  const first = modes[side] === 'STREAMED' ? (pieces[0]?.length ?? 0) : Math.ceil(size / 2);
  if (first > limit) return 'BODY_TOO_LARGE';
  const isWhole = pieces.length === 1 || modes[side] !== 'STREAMED';
  const ends = isWhole && first === size && !trailers;
  if (ends || (length && first === size)) return undefined;
  return 'BODY_UNAVAILABLE';
}

export function isOverridden(setup: BodySetup): boolean {
  return setup.allowOverride && isOverridable(setup);
}

/** Full duplex in one direction rules out mode_override for both, and so do bodies that do not wait for the headers' reply. */
function isOverridable({ modes, early }: BodySetup): boolean {
  return !early && modes.request !== 'FULL_DUPLEX_STREAMED' && modes.response !== 'FULL_DUPLEX_STREAMED';
}

function sizeOf(pieces: readonly Buffer[]): number {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  return size;
}
