/** Used for every value beyond the limit. */
export const OTHER = 'other';

const MAX_LENGTH = 128;

/**
 * The distinct values that one label may take. Names of functions and APIs can come from expressions and so from
 * callers: without a limit each new one would be a permanent time series.
 */
export class LabelValues {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value itself (cut to 128 characters), or `other` once `limit` different ones have been seen. */
  bound(value: string): string {
    // The key is the cut value, so that memory is limited too.
    const label = value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH - 1)}…` : value;
    if (this.#known.has(label)) return label;
    if (this.#known.size >= this.#limit) return OTHER;
    this.#known.add(label);
    return label;
  }
}
