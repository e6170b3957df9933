import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** A flag for compression, and four bytes of length. */
const HEAD = 5;

/** Cuts what arrives into gRPC messages, each with its head before it, as the StreamDecoder of grpc-js does. */
export class MessageDecoder {
  readonly #limit: number;
  readonly #begin: (bytes: number) => boolean;
  // Numbers instead of a buffer: one more buffer for each stream is expensive, since it lies outside the heap.
  #headBytes = 0;
  #flag = 0;
  #length = 0;
  #message: Buffer | undefined;
  #filled = 0;
  #discards = false;

  /**
   * `limit`: of one message, in bytes; -1: none. `begin` gets the length of each message before any of it is kept.
   * False: neither it nor anything after it is.
   */
  constructor(limit: number, begin: (bytes: number) => boolean) {
    this.#limit = limit;
    this.#begin = begin;
  }

  /** The messages that are whole now. Throws for one over the limit, once. */
  write(data: Buffer): Buffer[] {
    const whole: Buffer[] = [];
    let at = 0;
    while (at < data.length && !this.#discards) {
      at += this.#message === undefined ? this.#readHead(data, at) : this.#fill(this.#message, data, at);
      if (this.#message === undefined || this.#filled < this.#message.length) continue;
      whole.push(this.#message);
      this.#message = undefined;
      this.#headBytes = 0;
      this.#length = 0;
    }
    return whole;
  }

  #readHead(data: Buffer, at: number): number {
    let read = 0;
    for (; this.#headBytes < HEAD && at + read < data.length; read++) {
      const byte = data[at + read] ?? 0;
      if (this.#headBytes === 0) this.#flag = byte;
      else this.#length = this.#length * 256 + byte;
      this.#headBytes++;
    }
    if (this.#headBytes === HEAD) this.#beginMessage(this.#length);
    return read;
  }

  #beginMessage(bytes: number): void {
    if (this.#limit !== -1 && bytes > this.#limit) {
      this.#discards = true;
      throw new Error(`Received message larger than max (${bytes} vs ${this.#limit})`);
    }
    if (!this.#begin(bytes)) {
      this.#discards = true;
      return;
    }
    // Copied into its place at once: pieces would keep the whole buffers that were read from the socket.
    this.#message = Buffer.allocUnsafe(HEAD + bytes);
    this.#message[0] = this.#flag;
    this.#message.writeUInt32BE(bytes, 1);
    this.#filled = HEAD;
  }

  #fill(message: Buffer, data: Buffer, at: number): number {
    const copied = data.copy(message, this.#filled, at);
    this.#filled += copied;
    return copied;
  }
}

interface Internals {
  decoder?: { readonly maxReadMessageLength?: unknown; write(data: Buffer): Buffer[] };
}

/**
 * Calls `begin` before a message of this call is collected. grpc-js has no option for it and reports a message only when
 * it is complete: 1,000 bodies that arrive at once would be in memory before any could be refused.
 */
export function askBeforeMessages(call: ServerInterceptingCallInterface, begin: (bytes: number) => boolean): void {
  const inner = call as Internals;
  const limit = inner.decoder?.maxReadMessageLength;
  if (typeof limit !== 'number') throw new Error('grpc-js no longer has call.decoder');
  inner.decoder = new MessageDecoder(limit, begin) as MessageDecoder & { readonly maxReadMessageLength?: unknown };
}
