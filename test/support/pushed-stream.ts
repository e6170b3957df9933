import type { InvocationError, StreamedBody, StreamingResult } from '../../src/lambda/index.ts';

const done: IteratorResult<Uint8Array> = { done: true, value: undefined };

/** A function's stream whose pieces a test pushes one by one. */
export class PushedStream implements StreamedBody {
  readonly #pieces: Uint8Array[] = [];
  #end: InvocationError | 'end' | undefined;
  #wake = Promise.withResolvers<void>();
  stopped = false;
  logTail: string | undefined;

  get result(): StreamingResult {
    return { requestId: 'r-1', executedVersion: '7', attempts: 1, body: this };
  }

  push(text: string): void {
    this.#pieces.push(Buffer.from(text));
    this.#wake.resolve();
  }

  end(logTail?: string): void {
    this.logTail = logTail;
    this.#end = 'end';
    this.#wake.resolve();
  }

  fail(error: InvocationError): void {
    this.#end = error;
    this.#wake.resolve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      if (this.stopped) return done;
      const value = this.#pieces.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#end === 'end') return done;
      if (this.#end !== undefined) {
        const error = this.#end;
        this.#end = 'end';
        throw error;
      }
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.stop();
    return done;
  }

  stop(): void {
    this.stopped = true;
    this.#wake.resolve();
  }
}
