/** Stands for every value beyond the bound. */
export const OTHER = 'other';

const MAX_LENGTH = 128;

/**
 * The distinct values that one label may take. Names of functions and APIs can come from expressions and so from
 * callers: without a bound each new one would be a time series for ever.
 */
export class LabelValues {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value itself (cut to 128 characters), or `other` once `limit` different ones have been seen. */
  bound(value: string): string {
    // A long value is not kept as a key: the cut one is, so that memory is bounded as well.
    const label = value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH - 1)}…` : value;
    if (this.#known.has(label)) return label;
    if (this.#known.size >= this.#limit) return OTHER;
    this.#known.add(label);
    return label;
  }
}
