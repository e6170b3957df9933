import { LRUCache } from 'lru-cache';
import type { MemoryAccount } from '../memory-account.ts';

/** A value that can be cached. All requests share it: it must not be changed. */
export interface Kept {
  /** Its size in memory. */
  readonly bytes: number;
  /** For a result made earlier: how long it may still be kept, if that is shorter than its space's time. */
  readonly ttlMs?: number | undefined;
}

/** Where a result is looked for. */
export interface KeptPlace {
  /** See resultKey. */
  readonly key: string;
  /** Whose share of the memory it uses: an API, or all inline policies together. */
  readonly owner: string;
  /** One step as it is configured now. All its results have the same type. */
  readonly space: string;
}

/** Where a result is kept. */
export interface Place extends KeptPlace {
  readonly maxEntries: number;
  readonly ttlMs: number;
}

export interface KeptLimits {
  /** Of all results together. */
  readonly bytes: number;
  /** Of one owner: a part of `bytes`, from 0 to 1. */
  share(owner: string): number;
}

/** Whether results of a space may be kept under the current policies. */
export type InForce = (space: string, owner: string) => boolean;

/** Why a result is no longer kept. `bytes`: another one needed the room. */
export type Eviction = 'expired' | 'entries' | 'bytes' | 'reload';

/** Larger ones are given to the waiting requests, but not cached. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Memory of an entry besides its result, measured for many small ones. */
const ENTRY_BYTES = 512;
/** How often expired results that are not requested are dropped. */
const SWEEP_MS = 30_000;

interface Entry {
  readonly value: Kept;
  readonly size: number;
  readonly expiresAt: number;
}

interface Space {
  readonly name: string;
  readonly owner: Owner;
  readonly entries: LRUCache<string, Entry>;
}

interface Owner {
  readonly name: string;
  readonly spaces: Map<string, Space>;
  bytes: number;
}

/** Results by key, each for a time. Over a limit the least recently used one of the largest owner is dropped. */
export class KeptResults {
  readonly evictions: Record<Eviction, number> = { expired: 0, entries: 0, bytes: 0, reload: 0 };
  readonly #owners = new Map<string, Owner>();
  readonly #limits: () => KeptLimits;
  readonly #memory: MemoryAccount;
  readonly #now: () => number;
  #bytes = 0;
  #entries = 0;
  #sweptAt: number;

  /** `now`: milliseconds of a clock that never goes back. Cached results are charged to `memory`. */
  constructor(limits: () => KeptLimits, memory: MemoryAccount, now: () => number) {
    this.#limits = limits;
    this.#memory = memory;
    this.#now = now;
    this.#sweptAt = now();
  }

  get bytes(): number {
    return this.#bytes;
  }

  get entries(): number {
    return this.#entries;
  }

  get({ owner, space, key }: KeptPlace): Kept | undefined {
    const kept = this.#owners.get(owner)?.spaces.get(space);
    const entry = kept?.entries.get(key);
    if (kept === undefined || entry === undefined) return undefined;
    if (entry.expiresAt > this.#now()) return entry.value;
    this.#remove(kept, key, entry, 'expired');
    return undefined;
  }

  /** Does nothing if there is no room for it. */
  set(place: Place, value: Kept): void {
    const now = this.#now();
    if (now - this.#sweptAt >= SWEEP_MS) this.sweep();
    const size = value.bytes + ENTRY_BYTES;
    const limits = this.#limits();
    const most = limits.bytes * limits.share(place.owner);
    if (value.bytes > MAX_KEPT_BYTES || size > most) return;
    this.#makeRoom(place, size, limits.bytes, most);
    if (!this.#memory.take(size)) return;
    const { owner, entries } = this.#spaceOf(place);
    const expiresAt = now + Math.min(place.ttlMs, value.ttlMs ?? Number.POSITIVE_INFINITY);
    entries.set(place.key, { value, size, expiresAt });
    owner.bytes += size;
    this.#bytes += size;
    this.#entries++;
  }

  /** Drops what has expired. */
  sweep(): void {
    const now = this.#now();
    this.#sweptAt = now;
    for (const space of this.#spaces()) {
      for (const [key, entry] of [...space.entries.entries()]) {
        if (entry.expiresAt <= now) this.#remove(space, key, entry, 'expired');
      }
    }
  }

  /** Drops the spaces that are no longer in force. */
  retain(isInForce: InForce): void {
    for (const space of this.#spaces()) {
      if (!isInForce(space.name, space.owner.name))
        for (const [key, entry] of [...space.entries.entries()]) this.#remove(space, key, entry, 'reload');
    }
  }

  #makeRoom(place: Place, size: number, bytes: number, most: number): void {
    const owner = this.#owners.get(place.owner);
    const space = owner?.spaces.get(place.space);
    const former = space?.entries.peek(place.key);
    if (space !== undefined && former !== undefined) this.#remove(space, place.key, former, 'expired');
    while (space !== undefined && space.entries.size >= place.maxEntries) this.#evict(space, 'entries');
    while (owner !== undefined && owner.bytes > 0 && owner.bytes + size > most) this.#evict(largest(owner), 'bytes');
    while (this.#bytes > 0 && this.#bytes + size > bytes) this.#evict(largest(this.#largestOwner()), 'bytes');
  }

  #evict(space: Space | undefined, why: Eviction): void {
    const [key] = space?.entries.rkeys() ?? [];
    const entry = key === undefined ? undefined : space?.entries.peek(key);
    if (space === undefined || key === undefined || entry === undefined) throw new Error('an empty space is kept');
    this.#remove(space, key, entry, why);
  }

  #remove({ name, owner, entries }: Space, key: string, { size }: Entry, why: Eviction): void {
    entries.delete(key);
    owner.bytes -= size;
    this.#bytes -= size;
    this.#entries--;
    this.#memory.give(size);
    this.evictions[why]++;
    if (entries.size === 0) owner.spaces.delete(name);
    if (owner.spaces.size === 0) this.#owners.delete(owner.name);
  }

  #spaceOf({ owner: ownerName, space: name }: Place): Space {
    let owner = this.#owners.get(ownerName);
    if (owner === undefined) {
      owner = { name: ownerName, spaces: new Map(), bytes: 0 };
      this.#owners.set(ownerName, owner);
    }
    let space = owner.spaces.get(name);
    if (space === undefined) {
      // No `max`: the library would allocate memory for the maximum number of entries.
      const entries = new LRUCache<string, Entry>({
        maxSize: Number.MAX_SAFE_INTEGER,
        sizeCalculation: ({ size }) => size,
      });
      space = { name, owner, entries };
      owner.spaces.set(name, space);
    }
    return space;
  }

  *#spaces(): Iterable<Space> {
    for (const { spaces } of [...this.#owners.values()]) yield* [...spaces.values()];
  }

  #largestOwner(): Owner | undefined {
    let found: Owner | undefined;
    for (const owner of this.#owners.values()) if (found === undefined || owner.bytes > found.bytes) found = owner;
    return found;
  }
}

function largest(owner: Owner | undefined): Space | undefined {
  let found: Space | undefined;
  for (const space of owner?.spaces.values() ?? []) {
    if (found === undefined || space.entries.calculatedSize > found.entries.calculatedSize) found = space;
  }
  return found;
}
