import type { RefreshingProvider } from './refreshing-provider.ts';
import { IDLE_MS } from './refreshing-provider.ts';

/** Providers by identity. Identities may be made of a caller's data: their number is bounded. */
export class IdentityCache {
  readonly #max: number;
  readonly #now: () => number;
  readonly #providers = new Map<string, RefreshingProvider>();

  constructor(max: number, now: () => number) {
    this.#max = max;
    this.#now = now;
  }

  get(key: string): RefreshingProvider | undefined {
    return this.#providers.get(key);
  }

  set(key: string, provider: RefreshingProvider): void {
    this.#removeIdle();
    if (this.#providers.size >= this.#max) this.#removeOne();
    this.#providers.set(key, provider);
  }

  /** Those in use. */
  values(): readonly RefreshingProvider[] {
    this.#removeIdle();
    return [...this.#providers.values()];
  }

  close(): void {
    for (const provider of this.#providers.values()) provider.close();
    this.#providers.clear();
  }

  #removeIdle(): void {
    const before = this.#now() - IDLE_MS;
    for (const [key, provider] of this.#providers) if (provider.lastUsed < before) this.#remove(key, provider);
  }

  /** One that has no credentials goes before one that has, then the one that was not used for longest. */
  #removeOne(): void {
    let found: readonly [string, RefreshingProvider] | undefined;
    let foundOk = false;
    for (const [key, provider] of this.#providers) {
      const { ok } = provider.status();
      const isBetter = ok === foundOk ? provider.lastUsed < (found?.[1].lastUsed ?? 0) : foundOk;
      if (found !== undefined && !isBetter) continue;
      found = [key, provider];
      foundOk = ok;
    }
    if (found !== undefined) this.#remove(...found);
  }

  #remove(key: string, provider: RefreshingProvider): void {
    provider.close();
    this.#providers.delete(key);
  }
}
