import {
  JavaEntry,
  type JavaEnvironment,
  type JavaType,
  OBJECT,
  type Signature,
  TYPES_BY_NAME,
} from '../java/index.ts';
import { EvaluationFailure, JavaArray, JavaList, JavaMap, type Run, type Value } from '../value.ts';
import { Bean, type BeanType } from './bean.ts';
import { AttributesValue } from './beans.ts';
import { didYouMean, suggestionOrAll } from './closest-name.ts';
import { payForCall, payForResult } from './cost.ts';
import { gatewayMethod, gatewayMethodNames } from './gateway-methods.ts';
import { RunEnvironment } from './java-environment.ts';
import { callBest } from './method-call.ts';
import { typeName } from './type-name.ts';
import { ClassValue, valueType } from './value-type.ts';

interface Members {
  readonly methods: ReadonlyMap<string, readonly Signature[]>;
  readonly properties: JavaType['properties'];
  /** Readable through a value too. */
  readonly constants: ReadonlyMap<string, Value>;
}

const known = new WeakMap<JavaType, Members>();

/** Methods and readable properties of a class with those of its supertypes and of Object. */
function membersOf(type: JavaType): Members {
  const found = known.get(type);
  if (found !== undefined) return found;
  const methods = new Map<string, Signature[]>();
  const properties = new Map<string, (target: unknown, environment: JavaEnvironment) => unknown>();
  const constants = new Map<string, Value>();
  for (const each of lineage(type)) {
    for (const signature of each.methods) {
      const same = methods.get(signature.name) ?? [];
      const isOverridden = same.some((other) => String(other.parameters) === String(signature.parameters));
      if (!isOverridden) methods.set(signature.name, [...same, signature]);
    }
    for (const [name, read] of each.properties) if (!properties.has(name)) properties.set(name, read);
    for (const [name, constant] of each.constants) if (!constants.has(name)) constants.set(name, constant);
  }
  const members = { methods, properties, constants };
  known.set(type, members);
  return members;
}

function lineage(type: JavaType): readonly JavaType[] {
  const types = [type];
  for (const each of types) {
    for (const name of each.supertypes) {
      const above = TYPES_BY_NAME.get(name);
      if (above !== undefined && !types.includes(above)) types.push(above);
    }
  }
  return types.includes(OBJECT) ? types : [...types, OBJECT];
}

/** `target.name`. */
export function readProperty(target: Value, name: string, run: Run): Value {
  if (target === null) throw new EvaluationFailure(`'${name}' cannot be read: the value before it is null`);
  if (target instanceof Bean) {
    const read = propertyOf(target.type.properties, name);
    if (read !== undefined) return read(target.target, run);
    throw new EvaluationFailure(noSuchProperty(target.type, name));
  }
  if (target instanceof JavaMap) return target.entries.get(name) ?? null;
  if (target instanceof JavaEntry && (name === 'key' || name === 'value')) return target[name];
  if (target instanceof JavaArray && name === 'length') return target.items.length;
  if (target instanceof ClassValue) {
    const constant = target.type.constants.get(name);
    if (constant !== undefined) return constant;
    throw new EvaluationFailure(
      `${target.type.name} has no constant '${name}'${didYouMean(name, target.type.constants.keys())}`,
    );
  }
  const { properties, constants } = membersOf(valueType(target));
  const read = propertyOf(properties, name);
  if (read !== undefined) {
    payForCall(name, target, [], run);
    const value = read(target, new RunEnvironment(run)) ?? null;
    payForResult(name, value, run);
    return value;
  }
  const constant = constants.get(name);
  if (constant !== undefined) return constant;
  throw new EvaluationFailure(`${typeName(target)} has no property '${name}'${didYouMean(name, properties.keys())}`);
}

/** `Name` finds `getName`, as `name` does. */
export function propertyOf<T>(properties: ReadonlyMap<string, T>, name: string): T | undefined {
  const own = properties.get(name);
  if (own !== undefined || !/^[A-Z]/.test(name)) return own;
  return properties.get(`get${name}`) ?? properties.get(`is${name}`);
}

export function noSuchProperty(type: BeanType<never>, name: string): string {
  const names = [...type.properties.keys()].filter((each) => !/^get[A-Z]/.test(each));
  return `${type.name} has no property '${name}'${suggestionOrAll(name, names)}`;
}

/** `target.name(args)`. */
export function callMethod(target: Value, name: string, args: readonly Value[], run: Run): Value {
  if (target === null) throw new EvaluationFailure(`'${name}' cannot be called: the value before it is null`);
  const gateway = gatewayMethod(target, name, args, run);
  if (gateway !== undefined) return gateway.value;
  if (target instanceof ClassValue) {
    const statics = target.type.methods.filter((each) => each.isStatic && each.name === name);
    // The class itself is an object too, with the three methods of every object.
    const own = OBJECT.methods.filter((each) => each.name === name);
    return invoke([...statics, ...own], target, name, args, run, () => target.type.methods.map((each) => each.name));
  }
  const { methods } = membersOf(valueType(target));
  return invoke(methods.get(name) ?? [], target, name, args, run, () => [
    ...gatewayMethodNames(target),
    ...methods.keys(),
  ]);
}

function invoke(
  signatures: readonly Signature[],
  target: Value,
  name: string,
  args: readonly Value[],
  run: Run,
  names: () => Iterable<string>,
): Value {
  if (signatures.length === 0) {
    const owner = target === null ? '' : ` on ${typeName(target)}`;
    throw new EvaluationFailure(`there is no method '${name}'${owner}${didYouMean(name, names())}`);
  }
  return callBest(signatures, target, args, `'${name}'`, run);
}

/** How an index becomes a position, or the name that a typed map needs. */
export interface IndexConversion {
  readonly toIndex: (value: Value) => number;
  readonly toName: (value: Value) => string;
}

/** `target[index]` for an index that has been evaluated. */
export function readIndex(target: Value, index: Value, convert: IndexConversion, run: Run): Value {
  if (target === null) throw new EvaluationFailure('null cannot be indexed');
  if (target instanceof JavaMap) {
    const key = target.typed ? convert.toName(index) : index;
    if (target instanceof AttributesValue) return typed(target.entries.get(key) ?? null);
    return target.entries.get(key) ?? byEquals(target, key, run);
  }
  if (typeof target === 'string') return elementOf(target.length, (i) => target.charAt(i), convert.toIndex(index));
  if (target instanceof JavaList || target instanceof JavaArray) {
    const { items } = target;
    return elementOf(items.length, (i) => items[i] ?? null, convert.toIndex(index));
  }
  if (typeof index === 'string') return readProperty(target, index, run);
  throw new EvaluationFailure(`${typeName(target)} cannot be indexed`);
}

/** Only an index leads from attributes to a map whose keys are typed like those of attributes. */
function typed(value: Value): Value {
  return value instanceof JavaMap && value.constructor === JavaMap && !value.typed
    ? new JavaMap(value.entries, value.kind, true)
    : value;
}

function elementOf(length: number, read: (i: number) => Value, i: number): Value {
  if (i < 0 || i >= length) throw new EvaluationFailure(`index ${i} is out of range: there are ${length} elements`);
  return read(i);
}

/** Keys that are objects (a BigDecimal, a list) are equal to others of the same value. */
function byEquals(map: JavaMap, index: Value, run: Run): Value {
  return typeof index === 'object' && index !== null ? callMethod(map, 'get', [index], run) : null;
}
