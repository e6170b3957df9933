import type { Timer, Timing } from '../ext-proc/index.ts';
import type { VirtualTime } from '../lambda/index.ts';

interface VirtualTimer {
  readonly due: number;
  readonly run: () => void;
}

/** Time of one run, in milliseconds from its beginning. It passes only while a function is awaited. */
export class VirtualClock implements Timing, VirtualTime {
  #now = 0;
  readonly #timers = new Set<VirtualTimer>();

  now(): number {
    return this.#now;
  }

  set(run: () => void, ms: number): Timer {
    const timer = { due: this.#now + ms, run };
    this.#timers.add(timer);
    return timer;
  }

  clear(timer: Timer | undefined): void {
    this.#timers.delete(timer as VirtualTimer);
  }

  async sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = next.due;
      next.run();
      if (signal?.aborted) return;
    }
    this.#now = end;
  }

  /** What is due first, until then. */
  #next(end: number): VirtualTimer | undefined {
    let first: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }
}
