import { isSubtype, TYPES_BY_NAME, typeOf } from '../../../../src/expression/java/index.ts';
import {
  JavaArray,
  JavaBigDecimal,
  JavaByte,
  JavaChar,
  JavaDouble,
  JavaFloat,
  JavaMap,
  JavaShort,
  newList,
  type Value,
} from '../../../../src/expression/value.ts';
import { internalValue } from './evaluate.ts';

/** Cut to `size` characters. */
const filled = (part: string, size: number) => part.repeat(Math.ceil(size / part.length)).slice(0, size);

/** Values of a few sizes are kept: making them takes longer than most calls. */
function kept<T>(make: (size: number) => T): (size: number) => T {
  const made = new Map<number, T>();
  return (size) => {
    const known = made.get(size);
    if (known !== undefined) return known;
    if (made.size >= 4) made.clear();
    const value = make(size);
    made.set(size, value);
    return value;
  };
}

/** Texts of `size` characters that are awkward for somebody who searches, reads or writes them. */
const TEXTS = [
  (size: number) => filled('a', size),
  (size: number) => `${filled('a', size >> 1)}b${filled('a', size >> 2)}`,
  (size: number) => `%${filled('0', size)}`,
  (size: number) => filled('%1$s', size),
  (size: number) => `${filled('1', size)}x`,
  (size: number) => `0x${filled('1', size)}`,
  (size: number) => `${filled(' ', size)}x`,
  (size: number) => filled('%41a+', size),
  (size: number) => filled('é😀é', size),
  (size: number) => filled('a,', size),
  (size: number) => filled('<&"\\', size),
  (size: number) => filled('\n ', size),
  (size: number) => filled('YWJj', size),
  (size: number) => `2024-01-02T03:04:05+00:00[${filled('A', size)}]`,
].map(kept);

/** Texts that share one hash of Java. */
const colliding = (count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    Array.from({ length: 20 }, (__, bit) => ((index >> bit) & 1 ? 'Aa' : 'BB')).join(''),
  );

const decimals = (count: number) => Array.from({ length: count }, (_, index) => new JavaBigDecimal(BigInt(index), 3));

/** Lists whose texts and elements are `size` together, or nearly. */
const LISTS = [
  (size: number) => colliding(size >> 5),
  (size: number) => Array.from({ length: size >> 2 }, (_, index) => index),
  (size: number) => decimals(size >> 3),
  (size: number) => [...Array.from({ length: size >> 4 }, () => 'a'), filled('a', size >> 1)],
  (size: number) => Array.from({ length: size >> 4 }, (_, index) => newList([index % 10, 'a'])),
  (size: number) => Array.from({ length: size >> 4 }, () => 'a').concat('b'),
].map((make: (size: number) => Value[]) => kept(make));

const map = kept((size) => new JavaMap(new Map(colliding(size >> 5).map((key, index) => [key, index]))));

const array = (component: string, element: Value) =>
  kept(
    (size) =>
      new JavaArray(
        component,
        Array.from({ length: size }, () => element),
      ),
  );

const bytes = array('byte', new JavaByte(65));
const chars = array('char', new JavaChar(97));

const PLAIN: Readonly<Record<string, (size: number) => readonly Value[]>> = {
  int: (size) => [0, 1, 7, size, -1],
  long: () => [0n, 1n, 10n ** 18n],
  double: () => [new JavaDouble(1.5), new JavaDouble(1e300), new JavaDouble(5e-324)],
  float: () => [new JavaFloat(1.5)],
  short: () => [new JavaShort(3)],
  byte: () => [new JavaByte(3)],
  boolean: () => [true, false],
  char: () => [new JavaChar(97)],
  'byte[]': (size) => [bytes(size)],
  'char[]': (size) => [chars(size)],
  'java.math.BigDecimal': (size) => [
    new JavaBigDecimal(BigInt(filled('7', Math.min(size, 4_000))), 3),
    new JavaBigDecimal(BigInt(filled('3', Math.min(size, 3_999))), 0),
    new JavaBigDecimal(1n, -size),
  ],
};

/** Values that have no size, made by expressions: one of each class that expressions can make. */
const SAMPLES: readonly string[] = [
  'new java.util.Date(0)',
  'T(java.util.Calendar).getInstance()',
  'T(java.time.LocalDate).of(2024, 1, 2)',
  'T(java.time.LocalDateTime).of(2024, 1, 2, 3, 4)',
  "T(java.time.ZonedDateTime).parse('2024-01-02T03:04:05Z')",
  'T(java.time.format.DateTimeFormatter).ISO_DATE_TIME',
  "new java.text.SimpleDateFormat('yyyy-MM-dd')",
  "new java.text.DecimalFormat('#,##0.###')",
  "new java.text.MessageFormat('{0} {0} {1,number}')",
  "new java.text.ChoiceFormat('0#none|1#one')",
  'T(java.util.Base64).getEncoder()',
  'T(java.util.Base64).getMimeDecoder()',
  'T(String).CASE_INSENSITIVE_ORDER',
  'T(java.util.UUID).randomUUID()',
  '{a: 1}.entrySet().![#this][0]',
];

const samples: readonly Value[] = [
  ...SAMPLES.map(internalValue),
  ...[...TYPES_BY_NAME.values()].flatMap((type) => [...type.constants.values()]),
];

/** Values of a type, of about `size` where a value of it can be large. */
export function valuesOf(type: string, size: number): readonly Value[] {
  const plain = PLAIN[type];
  if (plain !== undefined) return plain(size);
  const texts = () => TEXTS.map((make) => make(size));
  const lists = () => LISTS.map((make) => make(size));
  switch (type) {
    case 'java.lang.String':
    case 'java.lang.CharSequence':
      return texts();
    case 'java.lang.Object':
      return [...texts().slice(0, 4), ...lists().map((items) => newList(items)), map(size), newList([1], 'set')];
    case 'java.util.List':
    case 'java.util.ArrayList':
    case 'java.util.Collection':
    case 'java.lang.Iterable':
      return lists().map((items) => newList(items));
    case 'java.util.LinkedList':
    case 'java.util.Deque':
      return lists().map((items) => newList(items, 'linked'));
    case 'java.util.Set':
      return lists().map((items) => newList(items, 'set'));
    case 'java.util.Map':
    case 'java.util.HashMap':
    case 'java.util.LinkedHashMap':
      return [map(size), new JavaMap(new Map(decimals(size >> 3).map((key, index) => [key, index])))];
    default:
      break;
  }
  if (type.endsWith('[]')) return lists().map((items) => new JavaArray(type.slice(0, -2), items));
  return samples.filter((value) => value !== null && isSubtype(typeOf(value), type)).slice(0, 4);
}
