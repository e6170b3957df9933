/** Time and chance, so that tests need neither. */
export interface Clock {
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Runs `task` once after so many milliseconds, unless the returned function is called before. Keeps no process alive. */
  readonly after: (milliseconds: number, task: () => void) => () => void;
}

/** What setTimeout can wait for at most. */
const maxDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  after(milliseconds, task) {
    const timer = setTimeout(task, Math.min(Math.max(milliseconds, 0), maxDelayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
