/** When two values are equal, and what a comparison costs. */
export interface Equality {
  hash(value: unknown): number;
  equals(a: unknown, b: unknown): boolean;
  /** Called for each comparison of values that share a hash. */
  step(count: number): void;
}

/**
 * Values that are looked up by equals. Texts and numbers use the engine's own hashes, which no caller can
 * predict; other values that share Java's hash are compared one by one, and each comparison is charged.
 */
export class ValueIndex {
  readonly #equality: Equality;
  /** By a text of the value: the hashes of numbers are predictable. */
  readonly #plain = new Set<string>();
  readonly #buckets = new Map<string, object[]>();

  constructor(items: Iterable<unknown>, equality: Equality) {
    this.#equality = equality;
    for (const item of items) this.#add(item);
  }

  /** The value of the index that equals this one; undefined where there is none. */
  find(item: unknown): { readonly value: unknown } | undefined {
    if (!isObject(item)) return this.#plain.has(plainKey(item)) ? { value: item } : undefined;
    const found = this.#buckets.get(this.#bucketKey(item))?.find((candidate) => {
      this.#equality.step(1);
      return this.#equality.equals(item, candidate);
    });
    return found === undefined ? undefined : { value: found };
  }

  #bucketKey(value: object): string {
    return `h${this.#equality.hash(value)}`;
  }

  #add(item: unknown): void {
    if (!isObject(item)) {
      this.#plain.add(plainKey(item));
      return;
    }
    const key = this.#bucketKey(item);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, [item]);
    else bucket.push(item);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function plainKey(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'number':
      return `i${value}`;
    case 'bigint':
      return `l${value}`;
    default:
      return `o${String(value)}`;
  }
}
