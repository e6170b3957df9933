import type { BodyPieces } from '../formats/index.ts';
import { InvocationError } from '../lambda/index.ts';
import type { PolicyFailure } from './policy-failure.ts';

/** How the pieces of a body ended; `bytes` have come until then. */
export type PiecesEnd = { readonly bytes: number } & (
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly error: InvocationError; readonly failure: PolicyFailure }
  /** Reading has stopped. */
  | { readonly kind: 'stopped' }
);

const done: IteratorResult<Uint8Array> = { done: true, value: undefined };

/** A function's body on its way to the caller: errors become the caller's errors, and its end is reported once. */
export class WatchedPieces implements BodyPieces, AsyncIterator<Uint8Array> {
  readonly #pieces: BodyPieces;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #failureOf: (error: InvocationError) => PolicyFailure;
  readonly #onEnd: (end: PiecesEnd) => void;
  #bytes = 0;
  #ended = false;

  constructor(
    pieces: BodyPieces,
    failureOf: (error: InvocationError) => PolicyFailure,
    onEnd: (end: PiecesEnd) => void,
  ) {
    this.#pieces = pieces;
    this.#iterator = pieces[Symbol.asyncIterator]();
    this.#failureOf = failureOf;
    this.#onEnd = onEnd;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Rejects with a PolicyFailure where the body breaks off. */
  async next(): Promise<IteratorResult<Uint8Array>> {
    try {
      const next = await this.#iterator.next();
      if (next.done === true) this.#end({ kind: 'complete', bytes: this.#bytes });
      else this.#bytes += next.value.byteLength;
      return next;
    } catch (error) {
      if (!(error instanceof InvocationError)) throw error;
      // Whoever stopped it does not expect a failure.
      if (this.#ended) return done;
      const failure = this.#failureOf(error);
      this.#end({ kind: 'failed', error, failure, bytes: this.#bytes });
      throw failure;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.stop();
    return done;
  }

  stop(): void {
    this.#pieces.stop();
    this.#end({ kind: 'stopped', bytes: this.#bytes });
  }

  #end(end: PiecesEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(end);
  }
}
