import type { RefreshingProvider } from './refreshing-provider.ts';
import { IDLE_MS } from './refreshing-provider.ts';

/** Identities of documents, those of earlier ones included until nobody uses them. */
const MAX_PINNED = 1_024;

/**
 * Providers by identity. Identities may be made of a caller's data: their number is bounded. Those of the document itself are
 * pinned: no number of others pushes them out.
 */
export class IdentityCache {
  readonly #max: number;
  readonly #now: () => number;
  readonly #providers = new Map<string, RefreshingProvider>();
  readonly #pinned = new Set<string>();

  constructor(max: number, now: () => number) {
    this.#max = max;
    this.#now = now;
  }

  get(key: string, pinned: boolean): RefreshingProvider | undefined {
    const found = this.#providers.get(key);
    if (found !== undefined && pinned) this.#pin(key);
    return found;
  }

  set(key: string, provider: RefreshingProvider, pinned: boolean): RefreshingProvider {
    this.#removeIdle();
    if (pinned) this.#pin(key);
    if (!this.#pinned.has(key) && this.#providers.size - this.#pinned.size >= this.#max) this.#removeOne();
    this.#providers.set(key, provider);
    return provider;
  }

  /** Those in use. */
  values(): readonly RefreshingProvider[] {
    this.#removeIdle();
    return [...this.#providers.values()];
  }

  close(): void {
    for (const provider of this.#providers.values()) provider.close();
    this.#providers.clear();
    this.#pinned.clear();
  }

  #pin(key: string): void {
    if (this.#pinned.size < MAX_PINNED) this.#pinned.add(key);
  }

  #removeIdle(): void {
    const before = this.#now() - IDLE_MS;
    for (const [key, provider] of this.#providers) if (provider.lastUsed < before) this.#remove(key, provider);
  }

  /** Evicts one without credentials first, then the least recently used one. */
  #removeOne(): void {
    let found: readonly [string, RefreshingProvider] | undefined;
    let foundOk = false;
    for (const [key, provider] of this.#providers) {
      if (this.#pinned.has(key)) continue;
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
    this.#pinned.delete(key);
  }
}
