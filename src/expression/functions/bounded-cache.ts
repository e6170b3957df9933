/** Keeps what was made for the texts used last, up to a number of entries and only for texts up to a length. */
export class BoundedCache<T> {
  private readonly entries = new Map<string, T>();
  private readonly maxEntries: number;
  private readonly maxLength: number;

  constructor(maxEntries: number, maxLength: number) {
    this.maxEntries = maxEntries;
    this.maxLength = maxLength;
  }

  get(key: string): T | undefined {
    return this.entries.get(key);
  }

  /** Drops the oldest entry when there is no room. */
  set(key: string, value: T): T {
    if (key.length > this.maxLength) return value;
    if (this.entries.size >= this.maxEntries) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(key, value);
    return value;
  }
}
