/**
 * The maximum number of streams that a process records per second, whatever callers say: recording one takes about 0.1 ms, so
 * this many take a hundredth of a core.
 */
const TRACES_PER_SECOND = 100;

/** A token bucket for one second. `now`: milliseconds of a clock that never goes back. */
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

  /** False: the limit is reached. */
  take(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
