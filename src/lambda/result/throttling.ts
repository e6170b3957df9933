/** Which limit is reached: the function's own, the account's in the region, or the caller's. */
export type ThrottlingLimit = 'function' | 'account' | 'caller' | 'unknown';

/** Why the service throttled a call. */
export interface Throttling {
  readonly limit: ThrottlingLimit;
  /** AWS's word for it; undefined: the answer had none. */
  readonly reason: string | undefined;
}

/** Every ThrottleReason of the SDK's model (a test compares). */
const LIMITS: ReadonlyMap<string, ThrottlingLimit> = new Map([
  ['ReservedFunctionConcurrentInvocationLimitExceeded', 'function'],
  ['ReservedFunctionInvocationRateLimitExceeded', 'function'],
  ['FunctionInvocationRateLimitExceeded', 'function'],
  ['ConcurrentInvocationLimitExceeded', 'account'],
  ['ConcurrentSnapshotCreateLimitExceeded', 'account'],
  ['CallerRateLimitExceeded', 'caller'],
]);

export function throttlingOf(reason: string | undefined): Throttling {
  return { limit: LIMITS.get(reason ?? '') ?? 'unknown', reason };
}

export function listThrottleReasons(): readonly string[] {
  return [...LIMITS.keys()];
}
