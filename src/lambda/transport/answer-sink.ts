import type { InvocationError } from '../invocation-error.ts';
import type { InvocationFailure } from '../invocation-failures.ts';
import type { AnswerHeaders } from './answer.ts';

/**
 * What becomes of an answer. It is told of the head, of each piece of the body and of the end, in this order, as long as
 * the exchange has not failed and nobody has stopped it. `T` is what the exchange resolves to.
 */
export interface AnswerSink<T> {
  /** Gives what the exchange resolves to, where that is before the body. */
  head(status: number, headers: AnswerHeaders, exchange: RunningExchange): T | undefined;
  piece(bytes: Buffer): void;
  /** Gives what the exchange resolves to, where `head` has not. */
  end(): T | undefined;
  /** The exchange failed after it had resolved. */
  fail(error: InvocationError): void;
}

/** What a sink may do to its exchange. Nothing of it has an effect once the exchange is over. */
export interface RunningExchange {
  /** The answer cannot be taken: the exchange fails. */
  refuse(failure: InvocationFailure, message: string): void;
  /** Nobody wants the rest: the connection is closed, and no error told. */
  stop(): void;
  /** From now on the exchange has no deadline: who reads keeps its own. */
  untimed(): void;
  /** No more is read from the connection until `resume`. */
  pause(): void;
  resume(): void;
}
