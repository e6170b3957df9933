import { JavaMap, type Value } from '../value.ts';

/** A map that finds names in a way of its own (headers ignore case), and lists them as they are. */
export interface Lookup {
  names(): readonly string[];
  has(name: string): boolean;
  get(name: string): Value;
}

/** Such a map as a source for jsonPath: only what a path needs is looked up, nothing is copied. */
export function lookupMap(lookup: Lookup): JavaMap {
  return new JavaMap(new LookupEntries(lookup), 'map', true);
}

export class LookupEntries implements ReadonlyMap<Value, Value> {
  readonly #lookup: Lookup;

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  get size(): number {
    return this.#lookup.names().length;
  }

  get(key: Value): Value {
    return this.has(key) ? this.#lookup.get(key as string) : undefined;
  }

  has(key: Value): boolean {
    return typeof key === 'string' && this.#lookup.has(key);
  }

  keys(): MapIterator<Value> {
    return this.#lookup.names().values();
  }

  values(): MapIterator<Value> {
    return this.#lookup
      .names()
      .map((name) => this.#lookup.get(name))
      .values();
  }

  entries(): MapIterator<[Value, Value]> {
    return this.#lookup
      .names()
      .map((name): [Value, Value] => [name, this.#lookup.get(name)])
      .values();
  }

  [Symbol.iterator](): MapIterator<[Value, Value]> {
    return this.entries();
  }

  forEach(visit: (value: Value, key: Value, map: ReadonlyMap<Value, Value>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }
}
