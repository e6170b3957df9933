export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The values of each label; null where they are names from outside, which are bounded in number. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** What several workers' values become; their sum where nothing is said. */
  readonly aggregator?: 'max' | 'min' | 'first';
  /** Upper bounds of a histogram's buckets, in seconds. */
  readonly buckets?: readonly number[];
}
