/** One that runs. */
export type Timer = object;

/** The source of a stream's timers: the process's clock, or one that the caller advances. */
export interface Timing {
  set(run: () => void, ms: number): Timer;
  clear(timer: Timer | undefined): void;
}

export const realTiming: Timing = {
  set: (run, ms) => setTimeout(run, ms),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
