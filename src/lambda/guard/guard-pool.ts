import { FunctionGuard } from './function-guard.ts';

/** How many guards a pool keeps. */
export interface PoolSize {
  /** New ones until those without state are dropped: templates may make names of a caller's data. */
  readonly fresh: number;
  /** Guards with state. */
  readonly troubled: number;
}

/**
 * The guards of all functions under the same settings. A full pool drops guards that remember nothing; only beyond `troubled`
 * others does it drop those that remember least: a name that a caller makes up never closes the circuit of another function.
 */
export class GuardPool {
  readonly #size: PoolSize;
  readonly #guards = new Map<string, FunctionGuard>();
  /** The number of guards at which the pool is cleaned up next: not with each new name. */
  #cleanUpAt: number;

  constructor(size: PoolSize) {
    this.#size = size;
    this.#cleanUpAt = size.fresh;
  }

  get size(): number {
    return this.#guards.size;
  }

  /** The same guard for the same key as long as it has state. */
  get(key: string): FunctionGuard {
    const known = this.#guards.get(key);
    if (known !== undefined) return known;
    if (this.#guards.size >= this.#cleanUpAt) this.#cleanUp(performance.now());
    const guard = new FunctionGuard();
    this.#guards.set(key, guard);
    return guard;
  }

  #cleanUp(now: number): void {
    const { fresh, troubled } = this.#size;
    for (const [key, guard] of this.#guards) if (guard.memory(now) === 0) this.#guards.delete(key);
    if (this.#guards.size > troubled - fresh) this.#dropLeast(now);
    this.#cleanUpAt = this.#guards.size + fresh;
  }

  /** Among equals those with the fewest calls are dropped, then the newest: a flood of names that are called once drops itself. */
  #dropLeast(now: number): void {
    const all = [...this.#guards].map(([key, guard], age) => ({
      key,
      calls: guard.calls,
      memory: guard.memory(now),
      age,
    }));
    all.sort((a, b) => a.memory - b.memory || a.calls - b.calls || b.age - a.age);
    for (const { key, memory } of all.slice(0, this.#size.troubled / 4)) {
      if (Number.isFinite(memory)) this.#guards.delete(key);
    }
  }
}
