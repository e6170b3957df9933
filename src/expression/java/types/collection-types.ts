import { JavaList, type JavaMap } from '../../value.ts';
import type { JavaComparator } from '../comparator.ts';
import { javaCompare } from '../compare.ts';
import { defineType } from '../descriptor.ts';
import { indexValues, javaEquals, javaHash } from '../equality.ts';
import { JavaException, nullPointer } from '../java-exception.ts';
import { JavaEntry } from '../map-entry.ts';
import type { Meter } from '../meter.ts';
import { javaText, listItems } from '../object.ts';

const contains = (meter: Meter, items: readonly unknown[], wanted: unknown) =>
  items.some((item) => javaEquals(item, wanted, meter));

export const COLLECTION = defineType('java.util.Collection', {
  supertypes: ['Iterable'],
  unwrap: (list: JavaList) => list.items,
  methods: {
    '@contains(Object):boolean': contains,
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
function findKey(meter: Meter, map: JavaMap, key: unknown): { readonly value: unknown } | undefined {
  if (map.entries.has(key)) return { value: key };
  if (typeof key !== 'object' || key === null) return undefined;
  const hash = javaHash(key);
  for (const candidate of map.entries.keys()) {
    meter.step(1);
    const isSame = typeof candidate === 'object' && javaHash(candidate) === hash && javaEquals(candidate, key, meter);
    if (isSame) return { value: candidate };
  }
  return undefined;
}

function mapGet(meter: Meter, map: JavaMap, key: unknown, otherwise: unknown = null): unknown {
  const found = findKey(meter, map, key);
  return found === undefined ? otherwise : map.entries.get(found.value);
}

export const MAP = defineType('java.util.Map', {
  methods: {
    '@get(Object)': (meter: Meter, map: JavaMap, key: unknown) => mapGet(meter, map, key),
    '@getOrDefault(Object,Object)': mapGet,
    '@containsKey(Object):boolean': (meter: Meter, map: JavaMap, key: unknown) =>
      findKey(meter, map, key) !== undefined,
    '@containsValue(Object):boolean': (meter: Meter, map: JavaMap, value: unknown) =>
      contains(meter, [...map.entries.values()], value),
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

function disjoint(meter: Meter, a: unknown, b: unknown): boolean {
  const index = indexValues(listItems(b), meter);
  return !listItems(a).some((item) => index.find(item) !== undefined);
}

/**
 * Where the second list lies within the first: the first such place, or with `last` the last one. By Knuth, Morris and
 * Pratt; a comparison takes at most as long as the elements are large.
 */
function subList(meter: Meter, source: unknown, target: unknown, last: boolean): number {
  const turned = (list: unknown) => (last ? listItems(list).toReversed() : listItems(list));
  const [items, wanted] = [turned(source), turned(target)];
  const isSame = (a: unknown, b: unknown) => {
    meter.step(typeof a === 'string' && typeof b === 'string' ? 1 + (Math.min(a.length, b.length) >> 8) : 1);
    return javaEquals(a, b, meter);
  };
  if (wanted.length === 0) return last ? items.length : 0;
  const borders = [0];
  for (let at = 1, length = 0; at < wanted.length; at++) {
    while (length > 0 && !isSame(wanted[at], wanted[length])) length = borders[length - 1] ?? 0;
    if (isSame(wanted[at], wanted[length])) length++;
    borders.push(length);
  }
  for (let at = 0, matched = 0; at < items.length; at++) {
    while (matched > 0 && !isSame(items[at], wanted[matched])) matched = borders[matched - 1] ?? 0;
    if (isSame(items[at], wanted[matched])) matched++;
    if (matched === wanted.length) return last ? items.length - 1 - at : at - matched + 1;
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
    '@frequency(Collection,Object):int': (meter: Meter, collection: unknown, wanted: unknown) =>
      listItems(collection).filter((item) => javaEquals(item, wanted, meter)).length,
    '@disjoint(Collection,Collection):boolean': disjoint,
    'binarySearch(List,Object):int': (list: unknown, key: unknown) => binarySearch(list, key, null),
    'binarySearch(List,Object,Comparator):int': binarySearch,
    '@indexOfSubList(List,List):int': (meter: Meter, source: unknown, target: unknown) =>
      subList(meter, source, target, false),
    '@lastIndexOfSubList(List,List):int': (meter: Meter, source: unknown, target: unknown) =>
      subList(meter, source, target, true),
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
    '@equals(Object):boolean': (meter: Meter, a: unknown, b: unknown) => javaEquals(a, b, meter),
    'hashCode():int': javaHash,
    'toString()': (value: unknown) => javaText(value),
  },
});
