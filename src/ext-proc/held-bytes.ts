import type { MemoryAccount } from '../memory-account.ts';
import type { Limits, ResponseStreams } from '../policy/index.ts';
import type { Capacity, Holding, Shortage } from './capacity.ts';
import type { StreamObserver } from './observer.ts';

/** The memory of one stream and of all that runs for it: part of the process's total and of its API's share. */
export class HeldBytes implements MemoryAccount, ResponseStreams {
  readonly #capacity: Capacity;
  readonly #limits: Limits;
  readonly #observer: StreamObserver;
  #api = '';
  #part: Holding | undefined;
  #share = 1;
  #total = 0;
  #queued = 0;
  #coming = 0;
  #offered = 0;
  #streamsAnswer = false;
  #lastShortage: Shortage = 'buffered_bytes';
  #released = false;

  constructor(capacity: Capacity, limits: Limits, observer: StreamObserver) {
    this.#capacity = capacity;
    this.#limits = limits;
    this.#observer = observer;
    capacity.openStream();
  }

  /** The stream is one of this API's. False: there is no room for it, in the process or in the API's share. */
  join(api: string): boolean {
    const limits = this.#limits;
    this.#api = api;
    this.#share = shareOf(api, limits);
    this.#part = this.#capacity.join(api);
    this.#capacity.addBytes(-this.#total, undefined);
    this.#capacity.addBytes(this.#total, this.#part);
    this.#capacity.addComing(-this.#coming, undefined);
    this.#capacity.addComing(this.#coming, this.#part);
    return this.#told(this.#capacity.exceeded(limits) ?? this.#capacity.exceededShare(this.#part, this.#share, limits));
  }

  take(bytes: number): boolean {
    if (bytes === 0) return true;
    if (this.#released) return false;
    if (bytes <= this.#offered) {
      this.#offered -= bytes;
      return true;
    }
    const shortage = this.#capacity.takeBytes(bytes, this.#part, this.#share, this.#limits);
    if (shortage === undefined) this.#total += bytes;
    return this.#told(shortage);
  }

  give(bytes: number): void {
    this.add(-bytes);
  }

  /** Adds bytes that already exist: an outgoing answer, which is a copy of taken bytes, or a received message. */
  add(bytes: number): void {
    if (this.#released) return;
    this.#capacity.addBytes(bytes, this.#part);
    this.#total += bytes;
  }

  /** Room for a message that begins to come. False: there is none. `forced`: it must come all the same. */
  takeComing(bytes: number, forced: boolean): boolean {
    if (this.#released) return false;
    if (forced) {
      this.#capacity.addBytes(bytes, this.#part);
      this.#capacity.addComing(bytes, this.#part);
    } else {
      const shortage = this.#capacity.takeComing(bytes, this.#part, this.#share, this.#limits);
      if (shortage !== undefined) return this.#told(shortage);
    }
    this.#total += bytes;
    this.#coming += bytes;
    return true;
  }

  /** It is complete, or never will be. Its bytes are still held. */
  endComing(bytes: number): void {
    if (this.#released) return;
    this.#capacity.addComing(-bytes, this.#part);
    this.#coming -= bytes;
  }

  /** This many of the taken bytes may be taken again without being counted twice: the same memory gets another owner. */
  offer(bytes: number): void {
    this.#offered = bytes;
  }

  /** Gives back what was offered and not taken. */
  endOffer(): void {
    this.give(this.#offered);
    this.#offered = 0;
  }

  /** Once, until the stream has ended. */
  takeResponseStream(): boolean {
    if (this.#released) return false;
    const shortage = this.#capacity.takeResponseStream(this.#part, this.#share, this.#limits);
    this.#streamsAnswer = shortage === undefined;
    return this.#told(shortage);
  }

  /** How many bytes of messages wait for their turn now. False: no more should come. */
  setQueued(bytes: number): boolean {
    const more = bytes - this.#queued;
    if (more === 0) return true;
    this.#queued = bytes;
    this.add(more);
    return more < 0 || this.#capacity.takeBytes(0, this.#part, this.#share, this.#limits) === undefined;
  }

  /** Which limit left no room the last time, as the configuration names it. */
  get shortage(): string {
    const isShare = this.#lastShortage.startsWith('api_');
    const name = limitNames[this.#lastShortage];
    const limit = `limits.${name} (${this.#limits[name]})`;
    if (!isShare) return `over ${limit}`;
    return `over the ${this.#share} of ${limit} that the API ${JSON.stringify(this.#api)} may hold (limits.shares)`;
  }

  /** The stream has ended: another may come. Once. */
  end(): void {
    this.#capacity.closeStream();
    if (this.#streamsAnswer) this.#capacity.endResponseStream(this.#part);
    if (this.#part !== undefined) this.#capacity.leave(this.#part);
  }

  /** Nothing runs for the stream any more. Once, after its end. */
  release(): void {
    this.add(-this.#total);
    this.endComing(this.#coming);
    this.#released = true;
    if (this.#part !== undefined) this.#capacity.forget(this.#api, this.#part);
  }

  #told(shortage: Shortage | undefined): boolean {
    if (shortage === undefined) return true;
    this.#lastShortage = shortage;
    this.#observer.limitReached(shortage);
    return false;
  }
}

const limitNames = {
  streams: 'streams',
  api_streams: 'streams',
  buffered_bytes: 'bufferedBytes',
  api_buffered_bytes: 'bufferedBytes',
  response_streams: 'responseStreams',
  api_response_streams: 'responseStreams',
} as const satisfies Record<Shortage, keyof Limits>;

export function shareOf(api: string, { shares }: Limits): number {
  return Object.hasOwn(shares, api) ? (shares[api] ?? shares.default) : shares.default;
}
