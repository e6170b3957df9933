import type { EvaluationContext } from '../expression/index.ts';
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
  /** Undefined: no payload. Throws FormatError. */
  encode(transaction: TransactionView): Uint8Array | undefined;
}

/** How the result of an invocation becomes an HTTP answer. */
export interface ResponseFormat {
  /** Throws FormatError for a result that is none. */
  decode(result: FunctionResult): FunctionAnswer;
}
