import { JavaList, type JavaMap } from '../../value.ts';
import type { JavaComparator } from '../comparator.ts';
import { javaCompare } from '../compare.ts';
import { defineType } from '../descriptor.ts';
import { javaEquals, javaHash } from '../equality.ts';
import { JavaException, nullPointer } from '../java-exception.ts';
import { JavaEntry } from '../map-entry.ts';
import { javaText, listItems } from '../object.ts';

const contains = (items: readonly unknown[], wanted: unknown) => items.some((item) => javaEquals(item, wanted));

export const COLLECTION = defineType('java.util.Collection', {
  supertypes: ['Iterable'],
  unwrap: (list: JavaList) => list.items,
  methods: {
    'contains(Object):boolean': contains,
    'isEmpty():boolean': (items: readonly unknown[]) => items.length === 0,
    'size():int': (items: readonly unknown[]) => items.length,
  },
});

export const LIST = defineType('java.util.List', {
  supertypes: ['Collection'],
  unwrap: (list: JavaList) => list.items,
  methods: {
    'get(int)': (items: readonly unknown[], index: number) => {
      if (index < 0 || index >= items.length)
        throw new JavaException('IndexOutOfBoundsException', `Index ${index} out of bounds for length ${items.length}`);
      return items[index];
    },
  },
});

export const SET = defineType('java.util.Set', { supertypes: ['Collection'] });

const first = (items: readonly unknown[]) => {
  if (items.length === 0) throw new JavaException('NoSuchElementException', 'the list is empty');
  return items[0];
};

/** The lists of headers and parameters are LinkedLists and so deques; others are not. */
export const DEQUE = defineType('java.util.Deque', {
  supertypes: ['Collection'],
  unwrap: (list: JavaList) => list.items,
  methods: {
    'getFirst()': first,
    'element()': first,
    'peek()': (items: readonly unknown[]) => items[0],
    'peekFirst()': (items: readonly unknown[]) => items[0],
    'peekLast()': (items: readonly unknown[]) => items.at(-1),
  },
});

/** Plain keys are found directly, the others by equals. */
function findKey(map: JavaMap, key: unknown): { key: unknown } | undefined {
  if (map.entries.has(key)) return { key };
  if (typeof key !== 'object' || key === null) return undefined;
  const hash = javaHash(key);
  for (const candidate of map.entries.keys()) {
    if (typeof candidate === 'object' && javaHash(candidate) === hash && javaEquals(candidate, key))
      return { key: candidate };
  }
  return undefined;
}

export function mapGet(map: JavaMap, key: unknown, otherwise: unknown = null): unknown {
  const found = findKey(map, key);
  return found === undefined ? otherwise : map.entries.get(found.key);
}

export const MAP = defineType('java.util.Map', {
  methods: {
    'get(Object)': (map: JavaMap, key: unknown) => mapGet(map, key),
    'getOrDefault(Object,Object)': mapGet,
    'containsKey(Object):boolean': (map: JavaMap, key: unknown) => findKey(map, key) !== undefined,
    'containsValue(Object):boolean': (map: JavaMap, value: unknown) => contains([...map.entries.values()], value),
    'keySet()': (map: JavaMap) => new JavaList([...map.entries.keys()], 'set'),
    'values()': (map: JavaMap) => new JavaList([...map.entries.values()]),
    'entrySet()': (map: JavaMap) =>
      new JavaList(
        Array.from(map.entries, ([key, value]) => new JavaEntry(key, value)),
        'set',
      ),
    'isEmpty():boolean': (map: JavaMap) => map.entries.size === 0,
    'size():int': (map: JavaMap) => map.entries.size,
  },
});

export const MAP_ENTRY = defineType('java.util.Map$Entry', {
  methods: {
    'getKey()': (entry: JavaEntry) => entry.key,
    'getValue()': (entry: JavaEntry) => entry.value,
  },
});

const ordering = (comparator: JavaComparator | null) => comparator?.compare ?? javaCompare;

/** The first one that no other beats. */
function extreme(collection: unknown, comparator: JavaComparator | null, sign: 1 | -1): unknown {
  const items = listItems(collection);
  const compare = ordering(comparator);
  if (items.length === 0) throw new JavaException('NoSuchElementException', 'the collection is empty');
  return items.reduce((best, item) => (sign * compare(item, best) > 0 ? item : best));
}

function binarySearch(list: unknown, key: unknown, comparator: JavaComparator | null): number {
  const items = listItems(list);
  const compare = ordering(comparator);
  let [low, high] = [0, items.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compare(items[middle], key);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -(low + 1);
}

function disjoint(a: unknown, b: unknown): boolean {
  const hashes = new Map<number, unknown[]>();
  for (const item of listItems(b)) hashes.set(javaHash(item), [...(hashes.get(javaHash(item)) ?? []), item]);
  return !listItems(a).some((item) => contains(hashes.get(javaHash(item)) ?? [], item));
}

/** Positions at which the second list lies within the first: the first or the last of them. */
function subList(source: unknown, target: unknown, last: boolean): number {
  const [items, wanted] = [listItems(source), listItems(target)];
  const positions = items.length - wanted.length;
  if (positions * wanted.length > 1_000_000)
    throw new JavaException('OutOfMemoryError', 'lists too long to be searched in each other');
  for (let step = 0; step <= positions; step++) {
    const start = last ? positions - step : step;
    if (wanted.every((item, index) => javaEquals(item, items[start + index]))) return start;
  }
  return -1;
}

export const COLLECTIONS = defineType('java.util.Collections', {
  statics: {
    'max(Collection)': (collection: unknown) => extreme(collection, null, 1),
    'max(Collection,Comparator)': (collection: unknown, comparator: JavaComparator | null) =>
      extreme(collection, comparator, 1),
    'min(Collection)': (collection: unknown) => extreme(collection, null, -1),
    'min(Collection,Comparator)': (collection: unknown, comparator: JavaComparator | null) =>
      extreme(collection, comparator, -1),
    'frequency(Collection,Object):int': (collection: unknown, wanted: unknown) =>
      listItems(collection).filter((item) => javaEquals(item, wanted)).length,
    'disjoint(Collection,Collection):boolean': disjoint,
    'binarySearch(List,Object):int': (list: unknown, key: unknown) => binarySearch(list, key, null),
    'binarySearch(List,Object,Comparator):int': binarySearch,
    'indexOfSubList(List,List):int': (source: unknown, target: unknown) => subList(source, target, false),
    'lastIndexOfSubList(List,List):int': (source: unknown, target: unknown) => subList(source, target, true),
  },
});

export const COMPARATOR = defineType('java.util.Comparator', {
  methods: {
    'compare(Object,Object):int': (comparator: JavaComparator, a: unknown, b: unknown) => {
      if (a === null || b === null) throw nullPointer('compare of null');
      return comparator.compare(a, b);
    },
  },
});

/** What every value has. */
export const OBJECT = defineType('java.lang.Object', {
  methods: {
    'equals(Object):boolean': javaEquals,
    'hashCode():int': javaHash,
    'toString()': (value: unknown) => javaText(value),
  },
});
