import { ResultCache } from '../cache/index.ts';
import type { MemoryAccount } from '../memory-account.ts';
import {
  type ApiPolicies,
  INLINE_CACHE_OWNER,
  type Limits,
  type PolicySet,
  type PolicySource,
  type SharedResults,
  type SharedStore,
} from '../policy/index.ts';
import type { Capacity, Shortage } from './capacity.ts';
import { shareOf } from './held-bytes.ts';

/** All results that are kept take at most so many bytes, and this part of what the process may hold. */
const CACHE_BYTES = 16 * 1024 * 1024;
const CACHE_PART = 1 / 8;

export interface FollowedResults {
  readonly shared: SharedResults;
  /** These policies are in force: results of steps that are not among them are dropped. */
  follow(set: PolicySet): void;
}

/** The results that the streams of a process keep, as a part of what it holds. `now`: milliseconds of a monotonic clock. */
export function createSharedResults(
  capacity: Capacity,
  policies: PolicySource,
  now: () => number,
  store?: SharedStore,
): FollowedResults {
  const limits = (): Limits => policies.current().limits;
  const results = new ResultCache(
    () => ({
      bytes: Math.min(CACHE_BYTES, limits().bufferedBytes * CACHE_PART),
      share: (owner) => shareOf(owner, limits()),
    }),
    new ProcessAccount(capacity, limits, undefined),
    now,
  );
  let followed: PolicySet | undefined;
  return {
    shared: { results, store, account: (api) => new ProcessAccount(capacity, limits, api) },
    follow(set) {
      if (set === followed) return;
      const isFirst = followed === undefined;
      followed = set;
      if (isFirst) return;
      const spaces = new Set([...set.apis.values()].flatMap(spacesOf));
      // Inline policies are not in the document. Its defaults, which they build on, are a part of their spaces.
      results.retain((space, owner) => owner === INLINE_CACHE_OWNER || spaces.has(space));
    },
  };
}

function spacesOf({ request, response }: ApiPolicies): readonly string[] {
  return [...request, ...response].flatMap(({ configuration }) => configuration.cache?.space ?? []);
}

/** Bytes that no stream holds: of the process, and where an API is named, of its share. */
class ProcessAccount implements MemoryAccount {
  readonly #capacity: Capacity;
  readonly #limits: () => Limits;
  readonly #api: string | undefined;
  #lastShortage: Shortage = 'buffered_bytes';

  constructor(capacity: Capacity, limits: () => Limits, api: string | undefined) {
    this.#capacity = capacity;
    this.#limits = limits;
    this.#api = api;
  }

  get shortage(): string {
    const whose = this.#lastShortage === 'buffered_bytes' ? '' : ` that the API ${JSON.stringify(this.#api)} may hold`;
    return `over limits.bufferedBytes (${this.#limits().bufferedBytes})${whose}`;
  }

  take(bytes: number): boolean {
    const limits = this.#limits();
    const api = this.#api;
    const part = api === undefined ? undefined : this.#capacity.partOf(api);
    const share = api === undefined ? 1 : shareOf(api, limits);
    const shortage = this.#capacity.takeBytes(bytes, part, share, limits);
    if (shortage === undefined) return true;
    this.#lastShortage = shortage;
    if (api !== undefined && part !== undefined) this.#capacity.forget(api, part);
    return false;
  }

  give(bytes: number): void {
    const part = this.#api === undefined ? undefined : this.#capacity.partOf(this.#api);
    this.#capacity.addBytes(-bytes, part);
    if (this.#api !== undefined && part !== undefined) this.#capacity.forget(this.#api, part);
  }
}
