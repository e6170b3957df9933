/**
 * Streams a second that a process records at most, whatever callers say: what recording one takes is about a tenth of a
 * millisecond, so that this many take a hundredth of a core.
 */
const TRACES_PER_SECOND = 100;

/** A token bucket that holds one second's worth. `now` in milliseconds of a clock that never goes back. */
export class TraceRate {
  readonly #perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #at: number;

  constructor(perSecond = TRACES_PER_SECOND, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#tokens = perSecond;
    this.#at = now();
  }

  /** False: there are too many. */
  take(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
