export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The values of each label; null if they are names from outside, whose number is limited. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** How the values of several workers are combined; default: their sum. */
  readonly aggregator?: 'max' | 'min' | 'first';
  /** Upper bounds of a histogram's buckets, in seconds. */
  readonly buckets?: readonly number[];
}
