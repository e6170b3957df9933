import { InvocationError } from '../invocation-error.ts';
import type { InvocationResult, StreamedBody, StreamingResult } from '../types.ts';

/** About what one read of a connection gives. */
const PIECE_BYTES = 64 * 1024;
const done: IteratorResult<Uint8Array> = { done: true, value: undefined };

/** A given result as if the function had streamed it. Throws InvocationError for one of a function that failed. */
export function streamOf(result: InvocationResult): StreamingResult {
  const { payload, functionError, executedVersion, requestId, logTail, attempts } = result;
  if (functionError !== undefined) {
    throw new InvocationError('function-failed', {
      message: `the function failed: ${functionError}`,
      errorType: functionError,
      requestId,
      logTail,
      attempts,
    });
  }
  return { executedVersion, requestId, attempts, body: new GivenStream(payload, logTail) };
}

class GivenStream implements StreamedBody {
  readonly logTail: string | undefined;
  #rest: Uint8Array;

  constructor(payload: Uint8Array, logTail: string | undefined) {
    this.#rest = payload;
    this.logTail = logTail;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#rest.subarray(0, PIECE_BYTES);
    if (value.length === 0) return done;
    this.#rest = this.#rest.subarray(value.length);
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.stop();
    return done;
  }

  stop(): void {
    this.#rest = new Uint8Array();
  }
}
