import { startTimer } from '../timer.ts';

/** Time and randomness as parameters, so that tests control both. */
export interface Clock {
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Runs `task` once after so many milliseconds, unless the returned function is called before. Keeps no process alive. */
  readonly after: (milliseconds: number, task: () => void) => () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  after: startTimer,
};
