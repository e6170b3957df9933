import type { Limits } from '../policy/index.ts';
import type { Capacity } from './capacity.ts';

/** What one stream holds in memory, as part of the process's whole. */
export class HeldBytes {
  readonly #capacity: Capacity;
  #total = 0;
  #queued = 0;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
  }

  /** Bytes of a body that policies wait for. False, and nothing taken, when they would go over the limit. */
  take(count: number, limits: Limits): boolean {
    if (!this.#capacity.takeBytes(count, limits)) return false;
    this.#total += count;
    return true;
  }

  /** An answer, until it has left with its stream: refusing it would lose what the function has done. */
  add(count: number): void {
    this.#capacity.addBytes(count);
    this.#total += count;
  }

  /** How many bytes of messages wait for their turn now. */
  setQueued(count: number): void {
    this.add(count - this.#queued);
    this.#queued = count;
  }

  release(): void {
    this.add(-this.#total);
    this.#queued = 0;
  }
}
