import type { Pieces } from '../../../../src/ext-proc/streaming/outgoing-stream.ts';

/** A body that a test writes, and whose reader it watches. */
export class ScriptedPieces implements Pieces, AsyncIterator<Uint8Array> {
  readonly #waiting: (Uint8Array | Error | 'end')[] = [];
  #wake: (() => void) | undefined;
  /** How often it was asked for a piece. */
  asked = 0;
  stopped = false;

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(...items: readonly (string | Uint8Array | Error | 'end')[]): this {
    for (const item of items)
      this.#waiting.push(typeof item === 'string' && item !== 'end' ? Buffer.from(item) : (item as 'end'));
    this.#wake?.();
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    this.asked++;
    for (;;) {
      const item = this.stopped ? 'end' : this.#waiting.shift();
      if (item === 'end') return { done: true, value: undefined };
      if (item instanceof Error) throw item;
      if (item !== undefined) return { done: false, value: item };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  stop(): void {
    this.stopped = true;
    this.#wake?.();
  }
}
