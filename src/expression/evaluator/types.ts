import { typesByName } from '../java/index.ts';
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
import { suggestion } from './closest-name.ts';
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

const maxElements = 10_000;

/** `new X[n]` or `new X[]{…}`; the elements are converted to X. */
export function newArray(name: string, size: number, items: readonly Value[], run: Run): JavaArray {
  const isPrimitive = Object.hasOwn(zeros, name);
  const component = isPrimitive ? name : findType(name, 0).type.name;
  if (size < 0 || size > maxElements)
    throw new EvaluationFailure(`an array has 0 to ${maxElements} elements, not ${size}`);
  if (items.length > 0 && items.length !== size)
    throw new EvaluationFailure(`${items.length} elements for an array of ${size}`);
  run.step(size);
  if (items.length === 0)
    return new JavaArray(component, new Array<Value>(size).fill(isPrimitive ? zeros[name] : null));
  return new JavaArray(
    component,
    items.map((item) => {
      const converted = convertArgument(item, component, run);
      if (converted === undefined) throw new EvaluationFailure(`${typeName(item)} is no ${name}`);
      return converted.value;
    }),
  );
}

/** `T(name)`: one of the known classes. */
export function findType(name: string, dimensions: number): ClassValue {
  const type = dimensions === 0 ? typesByName.get(name) : undefined;
  if (type === undefined) {
    throw new EvaluationFailure(
      `there is no type '${name}${'[]'.repeat(dimensions)}'${suggestion(name, typesByName.keys())}`,
    );
  }
  return new ClassValue(type);
}
