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

  closeStream(bufferedBytes: number): void {
    this.#streams--;
    this.#bytes -= bufferedBytes;
  }

  isOverStreams(limits: Limits): boolean {
    return this.#streams > limits.streams;
  }

  /** False, and nothing taken, when the bytes would go over the limit. */
  takeBytes(count: number, limits: Limits): boolean {
    if (this.#bytes + count > limits.bufferedBytes) return false;
    this.#bytes += count;
    return true;
  }
}
