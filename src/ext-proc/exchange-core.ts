import type { Limits, PolicyFailure, PolicySet, Transaction } from '../policy/index.ts';
import type { Part } from './message-sequence.ts';
import type { Side } from './side.ts';
import type { BodyMode, ProcessingResponse } from './wire.ts';

/** What the two sides of an exchange share; ProcessingStream is the one implementation. */
export interface ExchangeCore {
  readonly set: PolicySet;
  readonly limits: Limits;
  /** Observability mode: answers are ignored, so none is written. */
  readonly silent: boolean;
  /** An answer was sent: nothing more is read or written. */
  readonly finished: boolean;
  readonly modes: Readonly<Record<'request' | 'response', BodyMode>>;
  transaction: Transaction | undefined;
  /** Runs the policies of a side on what came, then lets it settle. */
  run(side: Side, part: Part, body: Uint8Array | undefined): void;
  /** Dynamic metadata goes along when the transaction is given. */
  reply(reply: ProcessingResponse, transaction?: Transaction): void;
  /** Answers the caller with an error. */
  fail(failure: PolicyFailure): void;
  tooLarge(failure: PolicyFailure): void;
  /** Ends the wait for a side's body when it takes too long. */
  limitWait(side: Side): void;
  /** A body that a policy needs did not come, or not whole: an error, a log line and a metric. */
  bodyMissing(reason: string): void;
  /** False: over the limit, and the caller has been answered. */
  takeBytes(count: number): boolean;
}
