import type { Limits } from '../policy/index.ts';

/** What is held now: by all streams, or by those of one API. */
export interface Holding {
  streams: number;
  bytes: number;
  /** Of these bytes, those of messages that are still coming. */
  coming: number;
  /** Answers that are sent while they arrive. */
  responseStreams: number;
}

/** Which limit leaves no room: the process's, or the share of an API. */
export type Shortage =
  | 'streams'
  | 'buffered_bytes'
  | 'response_streams'
  | 'api_streams'
  | 'api_buffered_bytes'
  | 'api_response_streams';

/** Of the bytes that may be held, what messages may take that are still coming. Else nobody who has come would have room to be served. */
const COMING = 0.5;

/** Streams and bytes that this process holds now, and how much of both each API. Over a limit new work is refused; nothing is dropped. */
export class Capacity {
  readonly #all: Holding = { streams: 0, bytes: 0, coming: 0, responseStreams: 0 };
  readonly #apis = new Map<string, Holding>();

  get streams(): number {
    return this.#all.streams;
  }

  get bufferedBytes(): number {
    return this.#all.bytes;
  }

  /** APIs that hold anything. */
  get apis(): ReadonlyMap<string, Readonly<Holding>> {
    return this.#apis;
  }

  openStream(): void {
    this.#all.streams++;
  }

  closeStream(): void {
    this.#all.streams--;
  }

  /** A stream turns out to be one of an API's: its bytes are that API's from now on, until it leaves. */
  join(api: string): Holding {
    let part = this.#apis.get(api);
    if (part === undefined) {
      part = { streams: 0, bytes: 0, coming: 0, responseStreams: 0 };
      this.#apis.set(api, part);
    }
    part.streams++;
    return part;
  }

  /** What the API holds, for who takes bytes for it without a stream. */
  partOf(api: string): Holding {
    const part = this.join(api);
    part.streams--;
    return part;
  }

  /** Its stream has ended. What runs on for it may still hold bytes. */
  leave(part: Holding): void {
    part.streams--;
  }

  /** Nothing is known of an API that holds nothing. */
  forget(api: string, part: Holding): void {
    if (part.streams === 0 && part.bytes === 0 && part.responseStreams === 0) this.#apis.delete(api);
  }

  /** Which limit leaves no room for a stream that has just been opened. */
  exceeded(limits: Limits): Shortage | undefined {
    if (this.#all.streams > limits.streams) return 'streams';
    return this.#all.bytes >= limits.bufferedBytes && this.#all.bytes > 0 ? 'buffered_bytes' : undefined;
  }

  /** Which share leaves no room for a stream of the API that has just joined. */
  exceededShare(part: Holding, share: number, limits: Limits): Shortage | undefined {
    // One at least, or an API with a small share of few streams would never be served.
    if (part.streams > Math.max(1, Math.floor(limits.streams * share))) return 'api_streams';
    return part.bytes >= limits.bufferedBytes * share && part.bytes > 0 ? 'api_buffered_bytes' : undefined;
  }

  /** Undefined: there is room for an answer that is sent while it arrives, and it is taken. Else which limit leaves none. */
  takeResponseStream(part: Holding | undefined, share: number, limits: Limits): Shortage | undefined {
    if (this.#all.responseStreams >= limits.responseStreams) return 'response_streams';
    const most = Math.max(1, Math.floor(limits.responseStreams * share));
    if (part !== undefined && part.responseStreams >= most) return 'api_response_streams';
    this.#all.responseStreams++;
    if (part !== undefined) part.responseStreams++;
    return undefined;
  }

  endResponseStream(part: Holding | undefined): void {
    this.#all.responseStreams--;
    if (part !== undefined) part.responseStreams--;
  }

  /** Undefined: the bytes are taken. Else which limit they would go over, and nothing is taken. */
  takeBytes(bytes: number, part: Holding | undefined, share: number, limits: Limits): Shortage | undefined {
    if (this.#all.bytes + bytes > limits.bufferedBytes) return 'buffered_bytes';
    if (part !== undefined && part.bytes + bytes > limits.bufferedBytes * share) return 'api_buffered_bytes';
    this.addBytes(bytes, part);
    return undefined;
  }

  /** As `takeBytes`, for a message that comes. One at least may come, whatever its size. */
  takeComing(bytes: number, part: Holding | undefined, share: number, limits: Limits): Shortage | undefined {
    const most = limits.bufferedBytes * COMING;
    if (this.#all.coming > 0 && this.#all.coming + bytes > most) return 'buffered_bytes';
    if (part !== undefined && part.coming > 0 && part.coming + bytes > most * share) return 'api_buffered_bytes';
    const shortage = this.takeBytes(bytes, part, share, limits);
    if (shortage === undefined) this.addComing(bytes, part);
    return shortage;
  }

  /** Of the bytes that are held, so many more are of messages that come; negative when these have come. */
  addComing(bytes: number, part: Holding | undefined): void {
    this.#all.coming += bytes;
    if (part !== undefined) part.coming += bytes;
  }

  /** What cannot be refused any more; negative when it is given back. */
  addBytes(bytes: number, part: Holding | undefined): void {
    this.#all.bytes += bytes;
    if (part !== undefined) part.bytes += bytes;
  }
}
