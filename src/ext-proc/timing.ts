/** One that runs. */
export type Timer = object;

/** Where a stream's timers come from: the process's clock, or one that a caller moves by itself. */
export interface Timing {
  set(run: () => void, ms: number): Timer;
  clear(timer: Timer | undefined): void;
}

export const realTiming: Timing = {
  set: (run, ms) => setTimeout(run, ms),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
