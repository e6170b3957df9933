import type { Http2Stream } from 'node:http2';

/**
 * A Set of streams on a list, for pending ones: a server's streams are pending for no longer than their constructor
 * runs, so there are one or two.
 */
export class StreamList implements Set<Http2Stream> {
  #streams: Http2Stream[] = [];

  get [Symbol.toStringTag](): string {
    return 'StreamList';
  }

  get size(): number {
    return this.#streams.length;
  }

  has(stream: Http2Stream): boolean {
    return this.#streams.includes(stream);
  }

  add(stream: Http2Stream): this {
    if (!this.#streams.includes(stream)) this.#streams.push(stream);
    return this;
  }

  delete(stream: Http2Stream): boolean {
    const index = this.#streams.indexOf(stream);
    if (index === -1) return false;
    this.#streams.splice(index, 1);
    return true;
  }

  clear(): void {
    this.#streams = [];
  }

  /** Like a Set's it may be changed while it is visited. */
  forEach(visit: (stream: Http2Stream, same: Http2Stream, list: Set<Http2Stream>) => void, self?: unknown): void {
    for (const stream of this) visit.call(self, stream, stream, this);
  }

  *values(): SetIterator<Http2Stream> {
    for (const stream of [...this.#streams]) if (this.has(stream)) yield stream;
  }

  keys(): SetIterator<Http2Stream> {
    return this.values();
  }

  *entries(): SetIterator<[Http2Stream, Http2Stream]> {
    for (const stream of this) yield [stream, stream];
  }

  [Symbol.iterator](): SetIterator<Http2Stream> {
    return this.values();
  }

  union<U>(other: ReadonlySetLike<U>): Set<Http2Stream | U> {
    return new Set(this).union(other);
  }

  intersection<U>(other: ReadonlySetLike<U>): Set<Http2Stream & U> {
    return new Set(this).intersection(other);
  }

  difference<U>(other: ReadonlySetLike<U>): Set<Http2Stream> {
    return new Set(this).difference(other);
  }

  symmetricDifference<U>(other: ReadonlySetLike<U>): Set<Http2Stream | U> {
    return new Set(this).symmetricDifference(other);
  }

  isSubsetOf(other: ReadonlySetLike<unknown>): boolean {
    return new Set(this).isSubsetOf(other);
  }

  isSupersetOf(other: ReadonlySetLike<unknown>): boolean {
    return new Set(this).isSupersetOf(other);
  }

  isDisjointFrom(other: ReadonlySetLike<unknown>): boolean {
    return new Set(this).isDisjointFrom(other);
  }
}
