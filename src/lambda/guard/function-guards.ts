import { FunctionGuard } from './function-guard.ts';

/** Templates may make names of a caller's data, so guards that have nothing to remember go beyond this number. */
const MAX_FRESH = 1_024;
/**
 * Guards that remember failures are 0.2 KB each. More than the requests that one process has under way, so that a guard
 * with calls never has to go.
 */
const MAX_TROUBLED = 16_384;

/**
 * One guard for each function. A full table drops guards that remember nothing; only beyond 16,384 others does it drop
 * those that remember least: a name that a caller makes up never closes the circuit of another function.
 */
export class FunctionGuards {
  readonly #guards = new Map<string, FunctionGuard>();
  /** The number of guards at which the table is cleaned up next: not with each new name. */
  #cleanUpAt = MAX_FRESH;

  get size(): number {
    return this.#guards.size;
  }

  /** The same guard for the same key as long as there is something to remember. */
  get(key: string): FunctionGuard {
    const known = this.#guards.get(key);
    if (known !== undefined) return known;
    if (this.#guards.size >= this.#cleanUpAt) this.#cleanUp();
    const guard = new FunctionGuard();
    this.#guards.set(key, guard);
    return guard;
  }

  #cleanUp(): void {
    for (const [key, guard] of this.#guards) if (guard.memory === 0) this.#guards.delete(key);
    if (this.#guards.size > MAX_TROUBLED - MAX_FRESH) this.#dropLeast();
    this.#cleanUpAt = this.#guards.size + MAX_FRESH;
  }

  #dropLeast(): void {
    const byMemory = [...this.#guards].sort(([, a], [, b]) => a.memory - b.memory);
    for (const [key, guard] of byMemory.slice(0, MAX_TROUBLED / 4)) {
      if (Number.isFinite(guard.memory)) this.#guards.delete(key);
    }
  }
}
