import type { RetryKind } from './retry-policy.ts';

/**
 * The SDK's numbers: what may be spent before successes pay it back. It allows 35 retries at a time, fewer than
 * the running requests of a busy sidecar when all connections break at once; retries of unsent requests are cheap.
 */
const CAPACITY = 500;
const COST = { transient: 14, throttled: 5, unsent: 1 } as const satisfies Record<RetryKind, number>;

/** Bounds retries while everything fails: without it an outage would see a multiple of the usual load. */
export class RetryBudget {
  #tokens = CAPACITY;

  /** What successes have not paid back. */
  get spent(): number {
    return CAPACITY - this.#tokens;
  }

  /** False: nothing left, do not repeat. */
  spend(kind: RetryKind): boolean {
    if (this.#tokens < COST[kind]) return false;
    this.#tokens -= COST[kind];
    return true;
  }

  /** After a success: one token back, or what its last retry had cost. */
  refund(kind: RetryKind | undefined): void {
    this.#tokens = Math.min(CAPACITY, this.#tokens + (kind === undefined ? 1 : COST[kind]));
  }
}
