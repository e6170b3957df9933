import type { Dispatcher } from 'undici';
import type { MemoryAccount } from '../memory-account.ts';
import type { AnswerHead } from './transport/answer.ts';
import type { ExchangeLimits, OutgoingRequest } from './transport/exchange.ts';

/** A signed request of one attempt, and what reading its answer needs. */
export interface Attempt {
  readonly dispatcher: Dispatcher;
  readonly request: OutgoingRequest;
  readonly limits: ExchangeLimits;
  readonly signal: AbortSignal | undefined;
  readonly memory: MemoryAccount | undefined;
  /** The tail of the log was asked for. */
  readonly logTail: boolean;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** Of the answer: set by the reader before it throws an error of the service. */
  head: AnswerHead | undefined;
}

/** Makes the exchange of an attempt, and reads its answer. Rejects with an InvocationError. */
export type AttemptReader<T> = (attempt: Attempt) => Promise<T>;
