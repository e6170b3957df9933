import { EvaluationFailure, type Run } from '../../../../src/expression/value.ts';

export interface CountingRun extends Run {
  readonly steps: number;
}

/** A run of one transaction that counts its steps and fails beyond `budget` of them. */
export function newRun(budget = 1_000_000): CountingRun {
  const entries = new Map<string, unknown>();
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    step(count = 1) {
      steps += count;
      if (steps > budget) throw new EvaluationFailure('the step budget is used up');
    },
    cache: {
      get: (kind, text) => entries.get(`${kind} ${text}`),
      set: (kind, text, value) => {
        entries.set(`${kind} ${text}`, value);
      },
    },
  };
}

/** Random numbers from 0 up to 1 that depend on the seed only. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
