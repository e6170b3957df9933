import type { Limits } from '../policy/index.ts';

/** What is held now: by all streams, or by those of one API. */
export interface Holding {
  streams: number;
  bytes: number;
  /** The part of these bytes that belongs to incomplete messages. */
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

/** The part of the held bytes that incomplete messages may take. Otherwise complete requests would have no room to be served. */
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

  /** The stream's API is known now: its bytes count for that API until it leaves. */
  join(api: string): Holding {
    let part = this.#apis.get(api);
    if (part === undefined) {
      part = { streams: 0, bytes: 0, coming: 0, responseStreams: 0 };
      this.#apis.set(api, part);
    }
    part.streams++;
    return part;
  }

  /** The account of the API, for code that takes bytes for it without a stream. */
  partOf(api: string): Holding {
    const part = this.join(api);
    part.streams--;
    return part;
  }

  /** Its stream has ended. Work that continues for it may still hold bytes. */
  leave(part: Holding): void {
    part.streams--;
  }

  /** An API that holds nothing has no entry. */
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
    // At least one, or an API with a small share of few streams would never be served.
    if (part.streams > Math.max(1, Math.floor(limits.streams * share))) return 'api_streams';
    return part.bytes >= limits.bufferedBytes * share && part.bytes > 0 ? 'api_buffered_bytes' : undefined;
  }

  /** Takes room for a streamed answer. Undefined: it is taken. Otherwise the limit that leaves no room. */
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

  /** Undefined: the bytes are taken. Otherwise the limit that they would exceed; then nothing is taken. */
  takeBytes(bytes: number, part: Holding | undefined, share: number, limits: Limits): Shortage | undefined {
    if (this.#all.bytes + bytes > limits.bufferedBytes) return 'buffered_bytes';
    if (part !== undefined && part.bytes + bytes > limits.bufferedBytes * share) return 'api_buffered_bytes';
    this.addBytes(bytes, part);
    return undefined;
  }

  /** As `takeBytes`, for an incoming message. At least one is always allowed, whatever its size. */
  takeComing(bytes: number, part: Holding | undefined, share: number, limits: Limits): Shortage | undefined {
    const most = limits.bufferedBytes * COMING;
    if (this.#all.coming > 0 && this.#all.coming + bytes > most) return 'buffered_bytes';
    if (part !== undefined && part.coming > 0 && part.coming + bytes > most * share) return 'api_buffered_bytes';
    const shortage = this.takeBytes(bytes, part, share, limits);
    if (shortage === undefined) this.addComing(bytes, part);
    return shortage;
  }

  /** Changes how many of the held bytes belong to incomplete messages; negative when these are complete. */
  addComing(bytes: number, part: Holding | undefined): void {
    this.#all.coming += bytes;
    if (part !== undefined) part.coming += bytes;
  }

  /** Adds bytes that can no longer be refused; negative gives them back. */
  addBytes(bytes: number, part: Holding | undefined): void {
    this.#all.bytes += bytes;
    if (part !== undefined) part.bytes += bytes;
  }
}
