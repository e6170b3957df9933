import type { SourceExchange } from './source-exchanges.ts';

/** Clocks that differ by less are covered by the margin before the end. */
const NOTICED_SKEW_MS = 5_000;

/** The expiry is by the source's clock; a session must not look expired, or valid, because our clock is wrong. */
export function onOurClock(expiration: number | undefined, clock: SourceExchange['clock']): number | undefined {
  if (expiration === undefined || clock === undefined) return expiration;
  const skew = clock.ours - clock.theirs;
  return Math.abs(skew) < NOTICED_SKEW_MS ? expiration : expiration + skew;
}
