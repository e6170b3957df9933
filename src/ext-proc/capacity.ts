import type { Limits } from '../policy/index.ts';

/** Streams and body bytes that this process holds now. Over a limit new work is refused; nothing is dropped. */
export class Capacity {
  #streams = 0;
  #bytes = 0;

  get streams(): number {
    return this.#streams;
  }

  get bufferedBytes(): number {
    return this.#bytes;
  }

  openStream(): void {
    this.#streams++;
  }

  closeStream(): void {
    this.#streams--;
  }

  /** Which limit leaves no room for a stream that has just been opened. */
  exceeded(limits: Limits): 'streams' | 'buffered_bytes' | undefined {
    if (this.#streams > limits.streams) return 'streams';
    return this.#bytes >= limits.bufferedBytes && this.#bytes > 0 ? 'buffered_bytes' : undefined;
  }

  /** False, and nothing taken, when the bytes would go over the limit. */
  takeBytes(count: number, limits: Limits): boolean {
    if (this.#bytes + count > limits.bufferedBytes) return false;
    this.#bytes += count;
    return true;
  }

  /** What cannot be refused any more; negative when it is given back. */
  addBytes(count: number): void {
    this.#bytes += count;
  }
}
