import { type Buckets, since } from './quantile.ts';
import type { Totals } from './totals.ts';

/** The time between two samples that follow each other. */
export interface Interval {
  readonly seconds: number;
  readonly before: Totals;
  readonly after: Totals;
}

/** `samples`: oldest first. Where a clock was set back there is none. */
export function intervalsOf(samples: readonly Totals[]): readonly Interval[] {
  return samples.slice(1).flatMap((after, i) => {
    const before = samples[i];
    const seconds = before === undefined ? 0 : (after.at - before.at) / 1000;
    return before === undefined || seconds <= 0 ? [] : [{ seconds, before, after }];
  });
}

/** From `ms` before the last sample, or as long ago as there are samples, to the last one; undefined where there is one only. */
export function lastInterval(samples: readonly Totals[], ms: number): Interval | undefined {
  const after = samples.at(-1);
  if (after === undefined) return undefined;
  const before = samples.findLast(({ at }) => after.at - at >= ms) ?? samples[0];
  if (before === undefined || before.at >= after.at) return undefined;
  return { seconds: (after.at - before.at) / 1000, before, after };
}

/** How much a counter rose; one that began anew counts whole. */
export function rise({ before, after }: Interval, count: (totals: Totals) => number): number {
  const [from, to] = [count(before), count(after)];
  return to >= from ? to - from : to;
}

export function observed({ before, after }: Interval, buckets: (totals: Totals) => Buckets): Buckets {
  return since(buckets(before), buckets(after));
}
