import type { InvocationFailure } from '../invocation-failures.ts';
import type { AnswerHeaders } from './answer.ts';

/**
 * Receives an answer. It is called with the head, with each piece of the body and at the end, in this order, as long as
 * the exchange has not failed and has not been stopped. `T` is what the exchange resolves to.
 */
export interface AnswerSink<T> {
  /** Returns the value of the exchange if it resolves before the body. */
  head(status: number, headers: AnswerHeaders, exchange: RunningExchange): T | undefined;
  piece(bytes: Buffer): void;
  /** Returns the value of the exchange if `head` has not. If it throws, the exchange rejects with that error. */
  end(): T | undefined;
  /** The exchange failed, or `end` threw. `resolved`: it had resolved before, so only the sink can report the error. */
  fail(error: unknown, resolved: boolean): void;
}

/** What a sink may do to its exchange. It has no effect once the exchange is over. */
export interface RunningExchange {
  /** The answer cannot be taken: the exchange fails. */
  refuse(failure: InvocationFailure, message: string): void;
  /** The rest is not needed: the connection is closed, without an error. */
  stop(): void;
  /** From now on the exchange has no deadline: the reader has its own. */
  untimed(): void;
  /** No more is read from the connection until `resume`. */
  pause(): void;
  resume(): void;
}
