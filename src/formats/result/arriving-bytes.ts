import { MAX_ANSWER_BYTES } from '../../lambda-quotas.ts';
import { charge, type MemoryAccount } from '../../memory-account.ts';
import { FormatError } from '../format-error.ts';
import type { BodyPieces } from '../function-answer.ts';

const nothing = Buffer.alloc(0);

/** The beginning of an arriving body, in one buffer, and the rest of it. What it keeps is charged to the account. */
export class ArrivingBytes implements BodyPieces {
  readonly #body: BodyPieces;
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #memory: MemoryAccount;
  #buffer: Buffer = nothing;
  #length = 0;
  #ended = false;

  constructor(body: BodyPieces, memory: MemoryAccount) {
    this.#body = body;
    this.#pieces = body[Symbol.asyncIterator]();
    this.#memory = memory;
  }

  /** All bytes that have arrived and were not released. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Waits for more bytes, or the end. Rejects as the body does, with FormatError for too many bytes, and with NoRoomError. */
  async more(): Promise<void> {
    const { done, value } = await this.#pieces.next();
    if (done === true) this.#ended = true;
    else this.#append(value);
  }

  /** Releases the first bytes. */
  drop(count: number): void {
    const rest = Buffer.from(this.#buffer.subarray(count, this.#length));
    this.release();
    this.#append(rest);
  }

  /** All bytes that have arrived, in a buffer of their length. */
  exact(): Buffer {
    if (this.#length < this.#buffer.length) {
      charge(this.#memory, this.#length);
      const bytes = Buffer.from(this.bytes);
      this.#memory.give(this.#buffer.length);
      this.#buffer = bytes;
    }
    return this.#buffer;
  }

  /** Releases all bytes. */
  release(): void {
    this.#memory.give(this.#buffer.length);
    this.#buffer = nothing;
    this.#length = 0;
  }

  /** For one reader: what has come, and what follows. Leaving the loop is a stop. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      // Not in a variable, which would keep them in memory for as long as the loop runs.
      if (this.#length > 0) yield this.#take();
      for (;;) {
        const { done, value } = await this.#pieces.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      this.#body.stop();
    }
  }

  stop(): void {
    this.release();
    this.#body.stop();
  }

  #take(): Buffer {
    const { bytes } = this;
    this.release();
    return bytes;
  }

  #append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > MAX_ANSWER_BYTES) {
      throw new FormatError(`the result has more than ${MAX_ANSWER_BYTES} bytes and no prelude`);
    }
    if (length > this.#buffer.length) {
      // Double the size: pieces may be one byte each.
      const grown = Math.min(MAX_ANSWER_BYTES, Math.max(length, 2 * this.#buffer.length));
      charge(this.#memory, grown);
      const buffer = Buffer.allocUnsafe(grown);
      buffer.set(this.bytes);
      this.#memory.give(this.#buffer.length);
      this.#buffer = buffer;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }
}
