import type { Clock } from '../../../../src/lambda/credentials/index.ts';

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/** Time that passes when a test says so, with the timers in it. */
export class ManualClock implements Clock {
  time = 1_800_000_000_000;
  chance = 0.5;
  readonly #timers = new Set<Timer>();

  readonly now = (): number => this.time;
  readonly random = (): number => this.chance;
  readonly after = (milliseconds: number, task: () => void): (() => void) => {
    const timer = { at: this.time + Math.max(0, milliseconds), task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Lets time pass, timer by timer, and gives promises their turn in between. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settled();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.time = Math.max(this.time, timer.at);
      timer.task();
      await settled();
    }
    this.time = end;
  }

  get pending(): number {
    return this.#timers.size;
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** All promises that can settle have. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
