import { type JavaType, TYPES_BY_NAME } from '../java/index.ts';
import {
  EvaluationFailure,
  JavaArray,
  JavaByte,
  JavaChar,
  JavaDouble,
  JavaFloat,
  JavaShort,
  type Run,
  type Value,
} from '../value.ts';
import { didYouMean } from './closest-name.ts';
import { convertArgument } from './convert-argument.ts';
import { typeName } from './type-name.ts';
import { ClassValue } from './value-type.ts';

const zeros: Readonly<Record<string, Value>> = {
  int: 0,
  long: 0n,
  short: new JavaShort(0),
  byte: new JavaByte(0),
  double: new JavaDouble(0),
  float: new JavaFloat(0),
  boolean: false,
  char: new JavaChar(0),
};

const MAX_ELEMENTS = 10_000;
const MAX_DIMENSIONS = 3;

/** `new X[n]`, `new X[n][m]` or `new X[]{…}`; the elements are converted to X. */
export function newArray(name: string, sizes: readonly number[], items: readonly Value[], run: Run): JavaArray {
  // The original takes `Byte` for `byte` here.
  const primitive = name.toLowerCase();
  const isPrimitive = Object.hasOwn(zeros, primitive);
  const component = isPrimitive ? primitive : findType(name, 0).type.name;
  const [size = 0] = sizes;
  const all = sizes.reduce((product, each) => (each < 0 ? Number.NaN : product * Math.max(1, each)), 1);
  if (sizes.length > MAX_DIMENSIONS) throw new EvaluationFailure(`an array has at most ${MAX_DIMENSIONS} dimensions`);
  if (!(all <= MAX_ELEMENTS)) {
    throw new EvaluationFailure(`an array has 0 to ${MAX_ELEMENTS} elements, not ${sizes.join(' × ')}`);
  }
  if (items.length > 0 && items.length !== size)
    throw new EvaluationFailure(`${items.length} elements for an array of ${size}`);
  run.step(all);
  if (items.length === 0) return emptyArray(component, sizes, isPrimitive ? (zeros[primitive] ?? null) : null);
  return new JavaArray(
    component,
    items.map((item) => {
      const converted = convertArgument(item, component, run);
      if (converted === undefined) throw new EvaluationFailure(`${typeName(item)} is not a ${name}`);
      return converted.value;
    }),
  );
}

function emptyArray(component: string, [size = 0, ...inner]: readonly number[], element: Value): JavaArray {
  const make = inner.length === 0 ? () => element : () => emptyArray(component, inner, element);
  return new JavaArray(`${component}${'[]'.repeat(inner.length)}`, Array.from({ length: size }, make));
}

const classes = new Map<JavaType, ClassValue>();

/** One value for a class, so that it equals itself. */
function classOf(type: JavaType): ClassValue {
  let known = classes.get(type);
  if (known === undefined) {
    known = new ClassValue(type);
    classes.set(type, known);
  }
  return known;
}

const inert = (name: string): JavaType => ({
  name,
  supertypes: [],
  constructors: [],
  methods: [],
  properties: new Map(),
  constants: new Map(),
});

/** Classes for `instanceof` only; nothing here can make their values. */
const OTHERS: ReadonlyMap<string, JavaType> = new Map(
  [
    ...Object.keys(zeros),
    ...['Enum', 'Exception', 'StringBuffer', 'StringBuilder', 'Throwable', 'Void'].map((name) => `java.lang.${name}`),
    ...['Arrays', 'HashSet', 'LinkedHashSet', 'Objects', 'Optional', 'Queue', 'SortedMap', 'TreeMap', 'TreeSet'].map(
      (name) => `java.util.${name}`,
    ),
    ...['Clock', 'Duration', 'Year', 'YearMonth'].map((name) => `java.time.${name}`),
  ].map((name) => [name, inert(name)]),
);

const arrays = new Map<string, JavaType>();

/** `T(name)`: one of the known classes. */
export function findType(name: string, dimensions: number): ClassValue {
  const type = TYPES_BY_NAME.get(name) ?? OTHERS.get(name) ?? OTHERS.get(`java.lang.${name}`);
  if (type === undefined) {
    throw new EvaluationFailure(
      `there is no type '${name}${'[]'.repeat(dimensions)}'${didYouMean(name, TYPES_BY_NAME.keys())}`,
    );
  }
  return classOf(dimensions === 0 ? type : arrayOf(type, dimensions));
}

function arrayOf(type: JavaType, dimensions: number): JavaType {
  if (dimensions > MAX_DIMENSIONS) throw new EvaluationFailure(`an array has at most ${MAX_DIMENSIONS} dimensions`);
  const name = `${type.name}${'[]'.repeat(dimensions)}`;
  const array = arrays.get(name) ?? inert(name);
  arrays.set(name, array);
  return array;
}
