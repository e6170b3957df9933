import type { StreamedAnswer } from '../../policy/index.ts';
import type { StreamHead } from './stream-head.ts';

/** A body that arrives. A piece is not changed after it was given: it may wait to be written. */
export type Pieces = StreamedAnswer['body'];

/** A streamed answer that can be sent: its head is valid, and its first byte, or its end, is there. */
export interface OutgoingStream {
  readonly head: StreamHead;
  readonly body: Pieces;
  readonly limits: StreamedAnswer['limits'];
}
