/**
 * New role sessions: that many at once, and so many a second after that. Names of sessions may be made of a caller's data, and
 * each new one is a call of STS, whose quota all of an account share. Sessions that are known are never held up.
 */
export const sessionLimits = { atOnce: 512, perSecond: 20 } as const;

/** Grows by the clock and is taken from one by one. */
export class SessionRate {
  #left: number = sessionLimits.atOnce;
  #at: number;

  /** `now`: milliseconds. */
  constructor(now: number) {
    this.#at = now;
  }

  /** False: not now. */
  take(now: number): boolean {
    const grown = (Math.max(now - this.#at, 0) / 1_000) * sessionLimits.perSecond;
    this.#left = Math.min(this.#left + grown, sessionLimits.atOnce);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
