import type { InvocationError } from '../invocation-error.ts';
import { REJECTED_MS, type ResolvedCredentials } from '../resolved-credentials.ts';
import type { Target } from './target.ts';

/** Endpoints may be made of a caller's data. */
const MAX_ENDPOINTS = 64;

interface Refusal {
  readonly error: InvocationError;
  readonly until: number;
}

/**
 * Which endpoints of policies have called which credentials expired: their next calls load others first. It is stored
 * with the credentials, and is dropped with them.
 */
export class RefusedCredentials {
  readonly #refusals = new WeakMap<ResolvedCredentials, Map<string, Refusal>>();
  /** Usually nothing was ever refused. */
  #any = false;

  add(credentials: ResolvedCredentials, { origin }: Target, error: InvocationError, now: number): void {
    this.#any = true;
    const refusals = this.#refusals.get(credentials) ?? new Map();
    if (refusals.size >= MAX_ENDPOINTS) refusals.clear();
    this.#refusals.set(credentials, refusals.set(origin, { error, until: now + REJECTED_MS }));
  }

  /** What the endpoint said of these credentials within the last minute. */
  errorFor(credentials: ResolvedCredentials, { origin }: Target, now: number): InvocationError | undefined {
    if (!this.#any) return undefined;
    const refusal = this.#refusals.get(credentials)?.get(origin);
    return refusal !== undefined && now < refusal.until ? refusal.error : undefined;
  }
}
