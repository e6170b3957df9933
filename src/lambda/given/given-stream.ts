import { InvocationError } from '../invocation-error.ts';
import type { InvocationResult, StreamedBody, StreamingResult } from '../types.ts';

/** About what one read of a connection gives. */
const PIECE_BYTES = 64 * 1024;
const done: IteratorResult<Uint8Array> = { done: true, value: undefined };

/**
 * A given result as if the function had streamed it, in these pieces if there are any. Throws InvocationError for one of a function
 * that failed, unless it had sent pieces before.
 */
export function streamOf(result: InvocationResult, pieces?: readonly Uint8Array[]): StreamingResult {
  const { payload, functionError, executedVersion, requestId, logTail, attempts } = result;
  const failure =
    functionError === undefined
      ? undefined
      : new InvocationError('function-failed', {
          message: `the function failed: ${functionError}`,
          errorType: functionError,
          requestId,
          logTail,
          attempts,
        });
  if (failure !== undefined && pieces === undefined) throw failure;
  return { executedVersion, requestId, attempts, body: new GivenStream(pieces ?? cut(payload), failure, logTail) };
}

function cut(payload: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(payload.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => {
    return payload.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
  });
}

class GivenStream implements StreamedBody {
  readonly logTail: string | undefined;
  readonly #pieces: Uint8Array[];
  #failure: InvocationError | undefined;

  constructor(pieces: readonly Uint8Array[], failure: InvocationError | undefined, logTail: string | undefined) {
    this.#pieces = pieces.filter(({ length }) => length > 0);
    this.#failure = failure;
    this.logTail = logTail;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#pieces.shift();
    if (value !== undefined) return { done: false, value };
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    return done;
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.stop();
    return done;
  }

  stop(): void {
    this.#pieces.length = 0;
    this.#failure = undefined;
  }
}
