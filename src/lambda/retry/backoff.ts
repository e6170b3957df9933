import type { RetryKind } from './retry-policy.ts';

/** The SDK's numbers, in milliseconds. */
const TRANSIENT_BASE = 50;
const THROTTLED_BASE = 1000;
const LONGEST = 20_000;
/** A longer wait that the service asks for is cut to the backoff and this: the caller waits all that time. */
const RETRY_AFTER_SLACK = 5000;

/**
 * How long to wait before the attempt after `attempts` failed ones: exponential with full jitter. Half of it is certain
 * where nothing was sent: all attempts should not fall into one short refusal.
 */
export function backoffMs(
  kind: RetryKind,
  attempts: number,
  retryAfterSeconds: number | undefined,
  random: () => number,
): number {
  const base = kind === 'throttled' ? THROTTLED_BASE : TRANSIENT_BASE;
  const part = kind === 'unsent' ? 0.5 + random() / 2 : random();
  const delay = part * Math.min(base * 2 ** (attempts - 1), LONGEST);
  if (retryAfterSeconds === undefined) return delay;
  return Math.max(delay, Math.min(retryAfterSeconds * 1000, delay + RETRY_AFTER_SLACK));
}
