import type { EvaluationContext } from '../expression/index.ts';
import type { MemoryAccount } from '../memory-account.ts';
import type { FunctionAnswer } from './function-answer.ts';

/** Bodies that must be whole before a request can be encoded. */
export interface BodyNeeds {
  readonly requestBody: boolean;
  readonly responseBody: boolean;
}

/** What a format reads of a transaction. */
export type TransactionView = EvaluationContext;

/** What a format reads of an invocation's result: the status of the Invoke API and the function's bytes. */
export interface FunctionResult {
  readonly status: number;
  readonly payload: Uint8Array;
}

/** How a transaction becomes the payload of an invocation. Made once for a step, with what its configuration says. */
export interface RequestFormat {
  readonly needs: BodyNeeds;
  /** The payload of all requests, where they have the same. */
  readonly shared: Uint8Array | undefined;
  /**
   * Undefined: no payload. Bytes that are made for this request are taken from `memory` first, if there is one. Throws
   * FormatError and NoRoomError.
   */
  encode(transaction: TransactionView, memory?: MemoryAccount): Uint8Array | undefined;
}

/** How the result of an invocation becomes an HTTP answer. */
export interface ResponseFormat {
  /** What is made on the way is taken of `memory`, if there is one. Throws FormatError for a result that is none, and NoRoomError. */
  decode(result: FunctionResult, memory?: MemoryAccount): FunctionAnswer;
}
