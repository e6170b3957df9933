import { type Buckets, since } from './quantile.ts';
import type { Totals } from './totals.ts';

/** The time between two consecutive samples. */
export interface Interval {
  readonly seconds: number;
  readonly before: Totals;
  readonly after: Totals;
}

/** `samples`: oldest first. There is none where the clock was set back. */
export function intervalsOf(samples: readonly Totals[]): readonly Interval[] {
  return samples.slice(1).flatMap((after, i) => {
    const before = samples[i];
    const seconds = before === undefined ? 0 : (after.at - before.at) / 1000;
    return before === undefined || seconds <= 0 ? [] : [{ seconds, before, after }];
  });
}

/** From `ms` before the last sample, or from the oldest one, to the last one; undefined if there is only one. */
export function lastInterval(samples: readonly Totals[], ms: number): Interval | undefined {
  const after = samples.at(-1);
  if (after === undefined) return undefined;
  const before = samples.findLast(({ at }) => after.at - at >= ms) ?? samples[0];
  if (before === undefined || before.at >= after.at) return undefined;
  return { seconds: (after.at - before.at) / 1000, before, after };
}

/** The increase of a counter; after a restart its whole value. */
export function rise({ before, after }: Interval, count: (totals: Totals) => number): number {
  const [from, to] = [count(before), count(after)];
  return to >= from ? to - from : to;
}

export function observed({ before, after }: Interval, buckets: (totals: Totals) => Buckets): Buckets {
  return since(buckets(before), buckets(after));
}
