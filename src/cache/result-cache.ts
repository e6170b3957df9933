import type { MemoryAccount } from '../memory-account.ts';
import { Flight } from './flight.ts';
import { type InForce, type Kept, type KeptLimits, type KeptPlace, KeptResults, type Place } from './kept-results.ts';

/** What somebody asks for. */
export interface CacheRequest<V extends Kept> extends Place {
  /**
   * Makes the result where it is not kept: once for all who ask meanwhile. Must not depend on who asks: `signal` is aborted when
   * nobody waits any more. What it rejects with is for all who wait, and not kept.
   */
  readonly load: (signal: AbortSignal) => Promise<V>;
  /** Of who asks: whoever leaves gets its reason, and the others still get the result. */
  readonly signal: AbortSignal;
}

export interface Found<V extends Kept> {
  readonly value: V;
  /** `loaded`: by this request's own `load`; `shared`: by one of another request that ran already; `kept`: it was here. */
  readonly source: 'loaded' | 'shared' | 'kept';
}

/** `uncacheable`: requests of a step with a cache that have no key. */
export type Lookup = 'hit' | 'miss' | 'shared' | 'uncacheable';

/** So many wait for one load: the next one begins another, so that no list of waiting requests grows without a bound. */
const MAX_WAITING = 1_000;

/** Results that are asked for once and kept for a time, and those that are under way. One for a process. */
export class ResultCache {
  readonly lookups: Record<Lookup, number> = { hit: 0, miss: 0, shared: 0, uncacheable: 0 };
  readonly #kept: KeptResults;
  readonly #flights = new Map<string, Flight<Kept>>();
  #isInForce: InForce = () => true;

  /** `now`: milliseconds of a clock that never goes back. What is kept is taken of `memory`. */
  constructor(limits: () => KeptLimits, memory: MemoryAccount, now: () => number) {
    this.#kept = new KeptResults(limits, memory, now);
  }

  get bytes(): number {
    return this.#kept.bytes;
  }

  get entries(): number {
    return this.#kept.entries;
  }

  get evictions(): KeptResults['evictions'] {
    return this.#kept.evictions;
  }

  /** Drops what has expired and nobody asks for. */
  sweep(): void {
    this.#kept.sweep();
  }

  /** Other policies are in force: results of steps that are no more go, and those under way are not kept. */
  retain(isInForce: InForce): void {
    this.#isInForce = isInForce;
    this.#kept.retain(isInForce);
  }

  /** What is kept, for who need not wait; undefined: `fetch` makes it. */
  kept<V extends Kept>(place: KeptPlace): V | undefined {
    // A space has results of one type: its step's.
    const kept = this.#kept.get(place) as V | undefined;
    if (kept !== undefined) this.lookups.hit++;
    return kept;
  }

  async fetch<V extends Kept>(request: CacheRequest<V>): Promise<Found<V>> {
    const { key, signal } = request;
    signal.throwIfAborted();
    const kept = this.kept<V>(request);
    if (kept !== undefined) return { value: kept, source: 'kept' };
    const running = this.#flights.get(key) as Flight<V> | undefined;
    if (running !== undefined && running.waiting < MAX_WAITING) {
      this.lookups.shared++;
      return { value: await running.join(signal), source: 'shared' };
    }
    this.lookups.miss++;
    return { value: await this.#begin(request).join(signal), source: 'loaded' };
  }

  #begin<V extends Kept>(request: CacheRequest<V>): Flight<V> {
    const { key } = request;
    const end = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    const load = async (signal: AbortSignal): Promise<V> => {
      try {
        const value = await request.load(signal);
        if (!signal.aborted && this.#isInForce(request.space, request.owner)) this.#kept.set(request, value);
        return value;
      } finally {
        end();
      }
    };
    const flight: Flight<V> = new Flight(load, end);
    this.#flights.set(key, flight);
    return flight;
  }
}
