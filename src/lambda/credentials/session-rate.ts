/**
 * New role sessions: this many at once, and this many a second after that. Names of sessions may contain a caller's data, and
 * each new one is a call of STS, whose quota the whole account shares. Known sessions are never delayed.
 */
export const sessionLimits = { atOnce: 512, perSecond: 20 } as const;

/** Refilled over time, and each session takes one. */
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
