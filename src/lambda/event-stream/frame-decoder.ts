import { crc32 } from 'node:zlib';
import { charge, type MemoryAccount } from '../../memory-account.ts';
import { FrameError } from './frame-error.ts';
import { type FrameHeaders, readHeaders } from './frame-headers.ts';
import { KeptPieces } from './kept-pieces.ts';

/** One message of an event stream, its checksums good. */
export interface Frame {
  readonly headers: FrameHeaders;
  /** In order; none of them is empty. Their bytes are charged to the account: whoever releases one gives it back. */
  readonly payload: readonly Uint8Array[];
}

/** AWS's own maxima (https://smithy.io/2.0/aws/amazon-eventstream.html). */
const MAX_HEADER_BYTES = 128 * 1024;
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** Total length, headers' length, and the checksum of both. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const FRAME_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES;

type Part = 'prelude' | 'headers' | 'payload' | 'checksum';

/**
 * Makes frames of bytes that may be split anywhere: `u32 total length · u32 headers length · u32 CRC32 of both · headers · payload ·
 * u32 CRC32 of everything before`, big-endian. A length is trusted once its checksum is good and it is within AWS's maxima;
 * room for the payload is taken as its bytes come. `next` throws FrameError, and NoRoomError where the account has no
 * room; then it must not be used again.
 */
export class FrameDecoder {
  readonly #memory: MemoryAccount;
  readonly #fixed = Buffer.allocUnsafe(PRELUDE_BYTES);
  #input: Buffer = nothing;
  #at = 0;
  #part: Part = 'prelude';
  /** Bytes of the part that have not come. */
  #missing = PRELUDE_BYTES;
  #payloadBytes = 0;
  #heldHeaders: Buffer = nothing;
  #headersHeld = 0;
  #headers: FrameHeaders = {};
  #payload: KeptPieces;
  #checksum = 0;

  constructor(memory: MemoryAccount) {
    this.#memory = memory;
    this.#payload = new KeptPieces(memory);
  }

  /** Whether the bytes so far end within a frame. */
  get isCut(): boolean {
    return this.#part !== 'prelude' || this.#missing < PRELUDE_BYTES;
  }

  /** Gives the decoder bytes; those before must have been used up: `next` has given undefined. */
  push(bytes: Buffer): void {
    this.#input = bytes;
    this.#at = 0;
  }

  /** The next whole frame, or undefined where more bytes are needed. */
  next(): Frame | undefined {
    for (;;) {
      const bytes = this.#input.subarray(this.#at, this.#at + this.#missing);
      if (this.#missing > 0 && bytes.length === 0) return undefined;
      this.#at += bytes.length;
      this.#missing -= bytes.length;
      const frame = this.#take(bytes);
      if (frame !== undefined) return frame;
    }
  }

  /** Gives back what an unfinished frame holds. */
  drop(): void {
    this.#giveHeaders();
    this.#payload.drop();
    this.#input = nothing;
  }

  #take(bytes: Buffer): Frame | undefined {
    switch (this.#part) {
      case 'prelude':
        this.#fixed.set(bytes, PRELUDE_BYTES - this.#missing - bytes.length);
        if (this.#missing === 0) this.#readPrelude();
        return undefined;
      case 'headers':
        this.#takeHeaders(bytes);
        return undefined;
      case 'payload':
        this.#checksum = crc32(bytes, this.#checksum);
        this.#payload.add(bytes, this.#missing);
        if (this.#missing === 0) this.#enter('checksum', CHECKSUM_BYTES);
        return undefined;
      case 'checksum':
        this.#fixed.set(bytes, CHECKSUM_BYTES - this.#missing - bytes.length);
        return this.#missing === 0 ? this.#finish() : undefined;
    }
  }

  #readPrelude(): void {
    const prelude = this.#fixed;
    if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8))
      throw new FrameError('the checksum of a length is wrong');
    const headers = prelude.readUInt32BE(4);
    const payload = prelude.readUInt32BE(0) - headers - FRAME_BYTES;
    if (payload < 0) throw new FrameError('a frame is shorter than its parts');
    if (headers > MAX_HEADER_BYTES) throw new FrameError(`a frame has more than ${MAX_HEADER_BYTES} bytes of headers`);
    if (payload > MAX_PAYLOAD_BYTES)
      throw new FrameError(`a frame has more than ${MAX_PAYLOAD_BYTES} bytes of payload`);
    this.#payloadBytes = payload;
    this.#checksum = crc32(prelude);
    this.#enter('headers', headers);
  }

  #takeHeaders(bytes: Buffer): void {
    if (this.#headersHeld === 0 && this.#missing > 0) this.#holdHeaders(bytes.length + this.#missing);
    if (this.#headersHeld > 0) this.#heldHeaders.set(bytes, this.#headersHeld - this.#missing - bytes.length);
    if (this.#missing > 0) return;
    const headers = this.#headersHeld > 0 ? this.#heldHeaders : bytes;
    this.#checksum = crc32(headers, this.#checksum);
    this.#headers = readHeaders(headers);
    this.#giveHeaders();
    this.#enter(this.#payloadBytes > 0 ? 'payload' : 'checksum', this.#payloadBytes || CHECKSUM_BYTES);
  }

  /** They come in pieces. */
  #holdHeaders(bytes: number): void {
    charge(this.#memory, bytes);
    this.#headersHeld = bytes;
    this.#heldHeaders = Buffer.allocUnsafe(bytes);
  }

  #giveHeaders(): void {
    this.#memory.give(this.#headersHeld);
    this.#headersHeld = 0;
    this.#heldHeaders = nothing;
  }

  #finish(): Frame {
    if (this.#fixed.readUInt32BE(0) !== this.#checksum) throw new FrameError('the checksum of a frame is wrong');
    const payload = this.#payload.release();
    this.#enter('prelude', PRELUDE_BYTES);
    return { headers: this.#headers, payload };
  }

  #enter(part: Part, bytes: number): void {
    this.#part = part;
    this.#missing = bytes;
  }
}

const nothing: Buffer = Buffer.alloc(0);
