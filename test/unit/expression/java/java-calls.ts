import assert from 'node:assert/strict';
import {
  type JavaEnvironment,
  JavaException,
  type JavaType,
  javaText,
  OBJECT,
  type Signature,
  TYPES_BY_NAME,
  typeOf,
} from '../../../../src/expression/java/index.ts';
import { JavaArray, JavaDouble, JavaFloat } from '../../../../src/expression/value.ts';

/** 2024-02-29T12:45:30.123Z. */
const NOW = 1_709_210_730_123;

export const environment: JavaEnvironment = {
  now: () => NOW,
  nanoTime: () => 42n,
  random: () => 0.5,
  uuid: () => '4c1d9a0e-7f53-4b9d-9a0e-7f53db4b9d11',
  step: () => undefined,
};

export const double = (value: number) => new JavaDouble(value);
export const float = (value: number) => new JavaFloat(Math.fround(value));
export const objects = (...items: unknown[]) => new JavaArray('java.lang.Object', items);

function find(name: string, shape: string, signatures: readonly Signature[]): Signature {
  const wanted = signatures.find((each) => `${each.name}(${each.parameters.map(simple).join(',')})` === shape);
  assert.ok(wanted, `${name} has no ${shape}`);
  return wanted;
}

const simple = (type: string) => type.replace(/^.*\./, '');

function above(type: JavaType): JavaType[] {
  return [type, ...type.supertypes.flatMap((name) => above(TYPES_BY_NAME.get(name) ?? OBJECT))];
}

/** `call('Math', 'floorMod(int,int)', -7, 3)`: a static method, chosen by its exact parameters. */
export function call(type: string, shape: string, ...args: unknown[]): unknown {
  return find(type, shape, TYPES_BY_NAME.get(type)?.methods.filter((each) => each.isStatic) ?? []).invoke(
    null,
    args,
    environment,
  );
}

/** `on(value, 'substring(int)', 1)`: a method of a value. */
export function on(value: unknown, shape: string, ...args: unknown[]): unknown {
  const methods = [...above(typeOf(value)), OBJECT].flatMap((type) => type.methods.filter((each) => !each.isStatic));
  return find(typeOf(value).name, shape, methods).invoke(value, args, environment);
}

/** `make('java.util.Date', '(long)', 0n)`: a constructor. */
export function make(type: string, shape: string, ...args: unknown[]): unknown {
  return find(type, shape, TYPES_BY_NAME.get(type)?.constructors ?? []).invoke(null, args, environment);
}

export const constant = (type: string, name: string) => TYPES_BY_NAME.get(type)?.constants.get(name);

/** What toString says; arrays item by item. */
export const text = (value: unknown) =>
  value instanceof JavaArray ? value.items.map((item) => javaText(item)).join(',') : javaText(value);

export function fails(run: () => unknown, type: string): void {
  assert.throws(run, (error) => error instanceof JavaException && error.type === type);
}
