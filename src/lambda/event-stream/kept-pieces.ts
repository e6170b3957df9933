import { charge, type MemoryAccount } from '../../memory-account.ts';

/** Shorter pieces are copied together: kept as they came, one byte each, they would take a hundred times their length. */
const SMALL = 4 * 1024;
/** What they are copied to. */
const JOINED = 16 * 1024;
/** Bytes of a piece's buffer that may belong to others: one read can hold the end of a frame and the beginning of the next. */
const MOST_AROUND = 4;

/**
 * Bytes that are kept as they came, without a copy where a piece is much of the buffer that it keeps. They are charged to the account
 * as they come. `add` throws NoRoomError.
 */
export class KeptPieces {
  readonly #memory: MemoryAccount;
  #pieces: Uint8Array[] = [];
  /** The last piece, where there is room in it. */
  #open: Buffer | undefined;
  #filled = 0;

  constructor(memory: MemoryAccount) {
    this.#memory = memory;
  }

  /** `following`: bytes that come after these and are kept with them. */
  add(bytes: Buffer, following: number): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#open !== undefined) rest = this.#fill(this.#open, rest);
      else if (rest.length >= SMALL && rest.buffer.byteLength <= MOST_AROUND * rest.length) {
        charge(this.#memory, rest.length);
        this.#pieces.push(rest);
        return;
      } else {
        const size = Math.min(JOINED, rest.length + following);
        charge(this.#memory, size);
        this.#open = Buffer.allocUnsafe(size);
        this.#filled = 0;
        this.#pieces.push(this.#open);
      }
    }
  }

  /** The pieces, whose bytes stay taken. All that was said to follow must have come. */
  release(): readonly Uint8Array[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#open = undefined;
    return pieces;
  }

  /** Gives everything back. */
  drop(): void {
    for (const { byteLength } of this.release()) this.#memory.give(byteLength);
  }

  /** Gives back what found no room. */
  #fill(open: Buffer, bytes: Buffer): Buffer {
    const copied = bytes.copy(open, this.#filled);
    this.#filled += copied;
    if (this.#filled === open.length) this.#open = undefined;
    return bytes.subarray(copied);
  }
}
