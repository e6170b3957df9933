import type { PhaseOutcome, PolicyFailure } from '../../policy/index.ts';
import type { OutgoingStream } from '../streaming/index.ts';
import type { EmptyMessage, Message, Side } from '../wire/index.ts';

/** The outcome of a side's policies. A streamed answer is an outcome once it can be sent. */
export type SettledOutcome =
  | Exclude<PhaseOutcome, { readonly kind: 'stream' }>
  | { readonly kind: 'stream'; readonly stream: OutgoingStream };

/** What can happen to a stream. Messages are events as they are. */
export type Event =
  | Message
  | EmptyMessage
  /** There is no room for an incoming message. Neither it nor what follows it is collected. */
  | { readonly kind: 'no-room' }
  /** The policies of a side are done. */
  | { readonly kind: 'settled'; readonly side: Side; readonly outcome: SettledOutcome }
  /** A streamed answer has ended. */
  | { readonly kind: 'streamed' }
  /** Unexpected, and nothing has been sent yet that ends the stream: the caller gets this error. A streamed answer is cut. */
  | { readonly kind: 'failed'; readonly failure: PolicyFailure }
  /** Unexpected, and there is no way to tell the caller. */
  | { readonly kind: 'broken' }
  /** Envoy's message timeout is near, and may be extended to so many milliseconds. */
  | { readonly kind: 'deadline-near'; readonly ms: number }
  /** A reply later than now would come after Envoy's message timeout. */
  | { readonly kind: 'deadline' }
  /** The time to wait for a body is over. */
  | { readonly kind: 'body-overdue'; readonly side: Side; readonly waitedMs: number }
  /** What was written has left: there is room for more. */
  | { readonly kind: 'drained' }
  /** Envoy ended the stream: it is done, or the caller is gone. */
  | { readonly kind: 'closed' };
