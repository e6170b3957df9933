import type { Clock } from './clock.ts';

/** Credentials count as expired this long before they expire: a request must still arrive, and clocks differ. */
const MAX_MARGIN_MS = 10_000;
/** Instance and container roles get new credentials five minutes before the old ones expire. */
const EARLY_MS = 300_000;
/** Credentials that live shorter than a load takes must not become a loop of loads. */
const MIN_DELAY_MS = 250;
const MIN_BACKOFF_MS = 200;
/** While credentials are still valid, no request waits for the next try; but it comes well before they expire. */
const MAX_BACKOFF_MS = 30_000;
/** While there are none, every request fails: the source is asked again soon. */
const MAX_BACKOFF_WITHOUT_MS = 5_000;

/** The last moment at which credentials are sent: 10 s before they expire, a tenth of their life for short sessions. */
export function validUntil(obtainedAt: number, expiration: number | undefined): number {
  if (expiration === undefined) return Number.POSITIVE_INFINITY;
  return expiration - Math.min(MAX_MARGIN_MS, Math.max(0, expiration - obtainedAt) / 10);
}

/**
 * When to ask for the next ones: five to ten minutes before the end, after two thirds of the life where that is short;
 * spread, so that many processes that started together do not ask together.
 */
export function refreshAt(obtainedAt: number, expiration: number, { random }: Clock): number {
  const life = Math.max(0, expiration - obtainedAt);
  const early = Math.min(life / 3, EARLY_MS * (1 + random()));
  return obtainedAt + Math.max(MIN_DELAY_MS, (life - early) * (0.95 + random() / 20));
}

/** Milliseconds before the next try, after so many failures in a row. `validMs`: for how long the old ones still serve. */
export function backoff(failures: number, validMs: number, { random }: Clock): number {
  const most = validMs > 0 ? Math.min(MAX_BACKOFF_MS, Math.max(MIN_BACKOFF_MS, validMs / 4)) : MAX_BACKOFF_WITHOUT_MS;
  return Math.min(MIN_BACKOFF_MS * 2 ** Math.min(failures - 1, 16), most) * (0.5 + random() / 2);
}

/**
 * How often a service's statement causes a new load: an endpoint could call all keys expired. Twice in a row, because
 * keys may be replaced during a call; then once in this many milliseconds.
 */
const REJECT_BURST = 2;
const REJECT_FLOOR_MS = 5_000;

/** When the next statement of a service counts; the free ones of now count at once. */
export function nextWordAt(at: number, now: number): number {
  return Math.max(at, now - (REJECT_BURST - 1) * REJECT_FLOOR_MS) + REJECT_FLOOR_MS;
}
