import type { AnswerHeaders } from './answer.ts';
import type { AnswerSink, RunningExchange } from './answer-sink.ts';

/** An answer whose body arrives while it is read. */
export interface ArrivingAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: ArrivingBody;
}

/** For one reader. What is not read is not fetched; reading rejects with an InvocationError where the body breaks off. */
export interface ArrivingBody extends AsyncIterableIterator<Buffer> {
  /** Closes the connection. A read under way ends, as after the body's end; does nothing once that has come. */
  stop(): void;
  /**
   * Until this call the body has the exchange's deadlines, because its pieces are part of the awaited answer; afterwards it
   * has none.
   */
  untimed(): void;
}

/** Bytes that wait for the reader; at this many, reading from the connection stops. */
const ENOUGH = 64 * 1024;
const done: IteratorResult<Buffer> = { done: true, value: undefined };

/** Passes pieces on as they arrive, as fast as they are read. */
export class PassedOnAnswer implements AnswerSink<ArrivingAnswer>, ArrivingBody {
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #exchange: RunningExchange | undefined;
  #paused = false;
  #ended = false;
  #error: unknown;
  #reader: PromiseWithResolvers<IteratorResult<Buffer>> | undefined;

  head(status: number, headers: AnswerHeaders, exchange: RunningExchange): ArrivingAnswer {
    this.#exchange = exchange;
    return { status, headers, body: this };
  }

  piece(bytes: Buffer): void {
    const reader = this.#takeReader();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: bytes });
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.byteLength;
    if (this.#paused || this.#queuedBytes < ENOUGH) return;
    this.#paused = true;
    this.#exchange?.pause();
  }

  end(): undefined {
    this.#ended = true;
    this.#takeReader()?.resolve(done);
  }

  fail(error: unknown, resolved: boolean): void {
    if (!resolved) return;
    this.#ended = true;
    const reader = this.#takeReader();
    if (reader === undefined) this.#error = error;
    else reader.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Buffer>> {
    const piece = this.#queue.shift();
    if (piece !== undefined) {
      this.#queuedBytes -= piece.byteLength;
      if (this.#paused && this.#queuedBytes < ENOUGH) {
        this.#paused = false;
        this.#exchange?.resume();
      }
      return Promise.resolve({ done: false, value: piece });
    }
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    if (this.#ended) return Promise.resolve(done);
    this.#reader ??= Promise.withResolvers();
    return this.#reader.promise;
  }

  return(): Promise<IteratorResult<Buffer>> {
    this.stop();
    return Promise.resolve(done);
  }

  stop(): void {
    this.#ended = true;
    this.#error = undefined;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#takeReader()?.resolve(done);
    this.#exchange?.stop();
  }

  untimed(): void {
    this.#exchange?.untimed();
  }

  #takeReader(): PromiseWithResolvers<IteratorResult<Buffer>> | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    return reader;
  }
}
