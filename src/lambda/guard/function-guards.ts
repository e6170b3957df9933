import type { CredentialProvider } from '../resolved-credentials.ts';
import { FunctionGuard } from './function-guard.ts';
import { FunctionOwners } from './function-owners.ts';

/** A function as its endpoint, region and name tell it: qualifiers, and the ways to write a name, share it. */
export interface NamedFunction {
  readonly functionKey: string;
  /** In the function's name. */
  readonly account: string | undefined;
}

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
  /** The key of a name for the owner that was met last. */
  readonly #keys = new WeakMap<NamedFunction, { readonly owner: string; readonly key: string }>();
  readonly #owners = new FunctionOwners((from, to) => this.#move(from, to));

  get size(): number {
    return this.#guards.size;
  }

  /** The guard of the function that this name means for this identity. */
  of(named: NamedFunction, provider: CredentialProvider): FunctionGuard {
    return this.get(this.#keyOf(named, this.#owners.ownerOf(named.account, provider)));
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

  /** A text that is put together anew for each call costs more than all else here: mostly there is one owner. */
  #keyOf(named: NamedFunction, owner: string): string {
    const last = this.#keys.get(named);
    if (last?.owner === owner) return last.key;
    const key = `${owner} ${named.functionKey}`;
    this.#keys.set(named, { owner, key });
    return key;
  }

  /** A guard that is there under the new owner already stays, and calls under way leave the one that they entered. */
  #move(from: string, to: string): void {
    for (const [key, guard] of this.#guards) {
      if (!key.startsWith(`${from} `)) continue;
      this.#guards.delete(key);
      const moved = to + key.slice(from.length);
      if (!this.#guards.has(moved)) this.#guards.set(moved, guard);
    }
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
