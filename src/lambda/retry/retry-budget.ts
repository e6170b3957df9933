import type { RetryKind } from './retry-policy.ts';

/** The SDK's numbers: what may be spent before successes pay it back. */
const CAPACITY = 500;
const COST = { transient: 14, throttled: 5 } as const satisfies Record<RetryKind, number>;

/** Bounds retries while everything fails: without it an outage would see a multiple of the usual load. */
export class RetryBudget {
  #tokens = CAPACITY;

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
