import type { Http2Stream } from 'node:http2';

/** A Map from stream ids to streams on a plain dictionary. It is visited in the order of the ids, which is that of opening. */
export class StreamTable implements Map<number, Http2Stream> {
  #byId: Record<number, Http2Stream> = Object.create(null);
  #size = 0;

  get [Symbol.toStringTag](): string {
    return 'StreamTable';
  }

  get size(): number {
    return this.#size;
  }

  get(id: number): Http2Stream | undefined {
    return this.#byId[id];
  }

  has(id: number): boolean {
    return this.#byId[id] !== undefined;
  }

  set(id: number, stream: Http2Stream): this {
    if (this.#byId[id] === undefined) this.#size++;
    this.#byId[id] = stream;
    return this;
  }

  getOrInsert(id: number, stream: Http2Stream): Http2Stream {
    return this.#byId[id] ?? this.set(id, stream).#byId[id] ?? stream;
  }

  getOrInsertComputed(id: number, make: (id: number) => Http2Stream): Http2Stream {
    return this.#byId[id] ?? this.getOrInsert(id, make(id));
  }

  delete(id: number): boolean {
    if (this.#byId[id] === undefined) return false;
    delete this.#byId[id];
    this.#size--;
    return true;
  }

  clear(): void {
    this.#byId = Object.create(null);
    this.#size = 0;
  }

  /** Like a Map's it may be changed while it is visited. */
  forEach(visit: (stream: Http2Stream, id: number, table: Map<number, Http2Stream>) => void, self?: unknown): void {
    for (const [id, stream] of this) visit.call(self, stream, id, this);
  }

  *entries(): MapIterator<[number, Http2Stream]> {
    for (const id of Object.keys(this.#byId).map(Number)) {
      const stream = this.#byId[id];
      if (stream !== undefined) yield [id, stream];
    }
  }

  *keys(): MapIterator<number> {
    for (const [id] of this) yield id;
  }

  *values(): MapIterator<Http2Stream> {
    for (const [, stream] of this) yield stream;
  }

  [Symbol.iterator](): MapIterator<[number, Http2Stream]> {
    return this.entries();
  }
}
