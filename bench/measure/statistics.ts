/** Numbers of requests by time: bucket N has those that took 1.01^N microseconds or more. */
export type Histogram = ReadonlyMap<number, number>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? Number.NaN : (upper + lower) / 2;
}

export interface Summary {
  readonly median: number;
  /** The lowest quarter of the values is below `low`, the highest quarter above `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The median and the middle half of the values: one disturbed round does not change either. */
export function summary(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: median(values), low: at(sorted, 0.25), high: at(sorted, 0.75), count: values.length };
}

function at(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export function merge(histograms: readonly Histogram[]): Histogram {
  const sum = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

/** Milliseconds within which this share of the requests was answered, exact to 1 %; NaN without requests. */
export function quantile(histogram: Histogram, share: number): number {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= total * share) return 1.01 ** (bucket + 0.5) / 1000;
  }
  return Number.NaN;
}
