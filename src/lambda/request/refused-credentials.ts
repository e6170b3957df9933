import type { ResolvedCredentials } from '../resolved-credentials.ts';
import type { Target } from './target.ts';

/** Endpoints may be made of a caller's data. */
const MAX_ENDPOINTS = 64;

/**
 * Which endpoints of policies have called which credentials expired: their next call asks for others first. It is remembered
 * with the credentials, and goes with them.
 */
export class RefusedCredentials {
  readonly #origins = new WeakMap<ResolvedCredentials, Set<string>>();
  /** Mostly nothing was ever refused. */
  #any = false;

  add(credentials: ResolvedCredentials, { origin }: Target): void {
    this.#any = true;
    const origins = this.#origins.get(credentials) ?? new Set();
    if (origins.size >= MAX_ENDPOINTS) origins.clear();
    this.#origins.set(credentials, origins.add(origin));
  }

  has(credentials: ResolvedCredentials, { origin }: Target): boolean {
    return this.#any && this.#origins.get(credentials)?.has(origin) === true;
  }
}
