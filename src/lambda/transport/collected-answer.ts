import { type MemoryAccount, unlimitedMemory } from '../../memory-account.ts';
import type { Answer, AnswerHeaders } from './answer.ts';
import type { AnswerSink, RunningExchange } from './answer-sink.ts';

const empty = Buffer.alloc(0);

/**
 * Keeps the body until it is complete, then gives what `read` makes of the answer. Its bytes are charged to the account: all at
 * once, before the first arrives, if the length is known, otherwise piece by piece.
 */
export class CollectedAnswer<T> implements AnswerSink<T> {
  readonly #maxBytes: number;
  readonly #read: (answer: Answer) => T;
  readonly #memory: MemoryAccount;
  #exchange: RunningExchange | undefined;
  #status = 0;
  #headers: AnswerHeaders = {};
  /** The first piece, or what all pieces are written to. */
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;
  #bytes = 0;
  /** Of the content-length header; 0 without one. */
  #length = 0;
  #taken = 0;

  constructor(maxBytes: number, read: (answer: Answer) => T, memory: MemoryAccount = unlimitedMemory) {
    this.#maxBytes = maxBytes;
    this.#read = read;
    this.#memory = memory;
  }

  head(status: number, headers: AnswerHeaders, exchange: RunningExchange): undefined {
    this.#exchange = exchange;
    this.#status = status;
    this.#headers = headers;
    const length = Number(headers['content-length']);
    if (length > this.#maxBytes) this.#refuse();
    else if (length > 0 && this.#take(length)) this.#length = length;
  }

  piece(bytes: Buffer): void {
    const at = this.#bytes;
    this.#bytes += bytes.byteLength;
    if (this.#bytes > this.#maxBytes) {
      this.#refuse();
    } else if (this.#bytes <= this.#length) {
      if (bytes.byteLength === this.#length) this.#first = bytes;
      else {
        // Copied, so that pieces can be released as they arrive.
        this.#first ??= Buffer.allocUnsafe(this.#length);
        this.#first.set(bytes, at);
      }
    } else if (this.#take(bytes.byteLength)) {
      if (this.#first === undefined) this.#first = bytes;
      else {
        this.#rest ??= [this.#first];
        this.#rest.push(bytes);
      }
    }
  }

  end(): T {
    const body =
      this.#rest === undefined
        ? (this.#first ?? empty).subarray(0, this.#bytes)
        : Buffer.concat(this.#rest, this.#bytes);
    this.#give(this.#taken - body.byteLength);
    return this.#read({ status: this.#status, headers: this.#headers, body });
  }

  /** The answer is not used. */
  fail(): void {
    this.#give(this.#taken);
  }

  #take(bytes: number): boolean {
    if (this.#memory.take(bytes)) {
      this.#taken += bytes;
      return true;
    }
    this.#exchange?.refuse('no-room', this.#memory.shortage);
    return false;
  }

  #give(bytes: number): void {
    this.#memory.give(bytes);
    this.#taken -= bytes;
  }

  #refuse(): void {
    this.#exchange?.refuse('answer-too-large', `the answer is larger than ${this.#maxBytes} bytes`);
  }
}
