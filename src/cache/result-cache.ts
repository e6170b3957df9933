import type { MemoryAccount } from '../memory-account.ts';
import { Flight } from './flight.ts';
import { type InForce, type Kept, type KeptLimits, type KeptPlace, KeptResults, type Place } from './kept-results.ts';

/** A request for a result. */
export interface CacheRequest<V extends Kept> extends Place {
  /**
   * Makes the result if it is not cached: once for all requests that ask meanwhile. Must not depend on the request: `signal` is aborted when
   * no request waits any more. All waiting requests get its rejection, which is not cached.
   */
  readonly load: (signal: AbortSignal) => Promise<V>;
  /** Of the request: when it leaves it gets the signal's reason, and the others still get the result. */
  readonly signal: AbortSignal;
}

export interface Found<V extends Kept> {
  readonly value: V;
  /** `loaded`: by this request's own `load`; `shared`: by the running load of another request; `kept`: from the cache. */
  readonly source: 'loaded' | 'shared' | 'kept';
}

/** `uncacheable`: requests of a step with a cache that have no key. */
export type Lookup = 'hit' | 'miss' | 'shared' | 'uncacheable';

/** At most this many wait for one load: the next one begins another, so that no list of waiting requests grows without a limit. */
const MAX_WAITING = 1_000;

/** Cached results and running loads. One for each process. */
export class ResultCache {
  readonly lookups: Record<Lookup, number> = { hit: 0, miss: 0, shared: 0, uncacheable: 0 };
  readonly #kept: KeptResults;
  readonly #flights = new Map<string, Flight<Kept>>();
  #isInForce: InForce = () => true;

  /** `now`: milliseconds of a clock that never goes back. Cached results are charged to `memory`. */
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

  /** Drops expired results that are not requested. */
  sweep(): void {
    this.#kept.sweep();
  }

  /** Other policies are in force: results of removed steps are dropped, and those of running loads are not cached. */
  retain(isInForce: InForce): void {
    this.#isInForce = isInForce;
    this.#kept.retain(isInForce);
  }

  /** The cached result, without waiting; undefined: `fetch` makes it. */
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
