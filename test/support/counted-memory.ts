import assert from 'node:assert/strict';
import type { MemoryAccount } from '../../src/memory-account.ts';

/** An account with so much room, which fails the test when more is given back than was taken. */
export class CountedMemory implements MemoryAccount {
  readonly #room: number;
  taken = 0;
  /** The most that was taken at a time. */
  peak = 0;
  refused = 0;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.#room = room;
  }

  take(bytes: number): boolean {
    assert.ok(bytes >= 0 && Number.isInteger(bytes), `${bytes} taken`);
    if (this.taken + bytes > this.#room) {
      this.refused++;
      return false;
    }
    this.taken += bytes;
    this.peak = Math.max(this.peak, this.taken);
    return true;
  }

  give(bytes: number): void {
    assert.ok(bytes >= 0 && bytes <= this.taken, `${bytes} of ${this.taken} given back`);
    this.taken -= bytes;
  }

  get shortage(): string {
    return 'no room in the test';
  }
}
