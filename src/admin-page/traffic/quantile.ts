/** How many observations fell into each bucket of a histogram, not cumulative; the last bucket has no upper bound. */
export interface Buckets {
  /** Upper bounds in seconds, ascending, without the last one. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

export const NO_BUCKETS: Buckets = { bounds: [], counts: [] };

/** Seconds; undefined if nothing was observed. Within a bucket values count as evenly distributed, as in Prometheus' histogram_quantile. */
export function quantile(q: number, { bounds, counts }: Buckets): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  const rank = q * total;
  let below = 0;
  for (const [i, count] of counts.entries()) {
    const from = i === 0 ? 0 : (bounds[i - 1] ?? 0);
    const to = bounds[i];
    // The last bucket has no known upper bound.
    if (to === undefined) return from;
    if (count > 0 && below + count >= rank) return from + ((to - from) * (rank - below)) / count;
    below += count;
  }
  return bounds.at(-1);
}

/** The observations between two states of a histogram. After a restart the whole histogram counts. */
export function since(before: Buckets | undefined, now: Buckets): Buckets {
  if (before === undefined || before.counts.length !== now.counts.length) return now;
  const counts = now.counts.map((count, i) => count - (before.counts[i] ?? 0));
  return counts.some((count) => count < 0) ? now : { bounds: now.bounds, counts };
}

export function sum(all: readonly Buckets[]): Buckets {
  const [first = NO_BUCKETS, ...others] = all;
  const counts = first.counts.map((count, i) => others.reduce((total, other) => total + (other.counts[i] ?? 0), count));
  return { bounds: first.bounds, counts };
}
