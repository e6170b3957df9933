import { javaHash } from '../java/index.ts';
import { EvaluationFailure, JavaArray, JavaList, JavaMap, type Run, type Value } from '../value.ts';
import { Bean } from './bean.ts';
import { AttributesValue, ParametersMap } from './beans.ts';
import { pay } from './cost.ts';
import { HeaderNames, HeadersValue } from './headers-value.ts';
import { principalMethod } from './principal.ts';
import { typeName } from './type-name.ts';

type Method<T> = (target: T, args: readonly Value[]) => Value;
type Methods<T> = Readonly<Record<string, Method<T>>>;

/** A CharSequence: a list is replaced by its first element. */
function text(value: Value): string {
  if (value instanceof JavaList) return text(value.items[0] ?? null);
  return exactText(value);
}

function exactText(value: Value): string {
  if (typeof value === 'string') return value;
  throw new EvaluationFailure(`a name is expected, not ${typeName(value)}`);
}

function keys(value: Value): readonly Value[] {
  if (value === null) throw new EvaluationFailure('a list of names is expected, not null');
  return value instanceof JavaList || value instanceof JavaArray ? value.items : [value];
}

/** Names with the number of arguments: these methods have no overloads. */
const headerMethods: Methods<HeadersValue> = {
  'getFirst/1': (headers, [name = null]) => headers.first(exactText(name)),
  'get/1': (headers, [name = null]) =>
    typeof name === 'string' || name === null ? headers.first(exactText(name)) : null,
  'getAll/1': (headers, [name = null]) => headers.all(text(name)),
  'contains/1': (headers, [name = null]) => headers.has(text(name)),
  'containsKey/1': (headers, [name = null]) => typeof name === 'string' && headers.has(name),
  'containsAllKeys/1': (headers, [names = null]) => keys(names).every((name) => headers.has(exactText(name))),
  'getOrDefault/2': (headers, [name = null, otherwise = null]) =>
    typeof name === 'string' && headers.has(name) ? headers.all(name) : otherwise,
  'names/0': (headers) => headers.names(),
  'keySet/0': (headers) => headers.names(),
  'size/0': (headers) => headers.scope.names().length,
  'isEmpty/0': (headers) => headers.scope.names().length === 0,
  'toSingleValueMap/0': (headers) => headers.toSingleValueMap(),
  'hashCode/0': (headers) => javaHash(headers.names()),
};

const parameterMethods: Methods<ParametersMap> = {
  'getFirst/1': (map, [name = null]) => firstOf(map.entries.get(name)),
  'containsAllKeys/1': (map, [names = null]) => keys(names).every((name) => map.entries.has(name)),
  'toSingleValueMap/0': (map) =>
    new JavaMap(new Map([...map.entries].map(([name, values]) => [name, firstOf(values)])), 'map', true),
};

const attributeMethods: Methods<AttributesValue> = {
  'get/1': (attributes, [key = null]) => (typeof key === 'string' ? attributes.get(key) : null),
  'containsKey/1': (attributes, [key = null]) => typeof key === 'string' && attributes.has(key),
  'getOrDefault/2': (attributes, [key = null, otherwise = null]) =>
    typeof key === 'string' && attributes.has(key) ? attributes.get(key) : otherwise,
};

const nameMethods: Methods<HeaderNames> = {
  'contains/1': (names, [name = null]) => {
    // Once, since a caller may choose the name: a long one for each header would multiply the cost.
    const wanted = typeof name === 'string' ? name.toLowerCase() : undefined;
    return wanted !== undefined && names.items.some((each) => String(each).toLowerCase() === wanted);
  },
};

function firstOf(values: Value): Value {
  return values instanceof JavaList ? (values.items[0] ?? null) : null;
}

/** Methods of the gateway's own classes; undefined if the value has none of that name. */
export function gatewayMethod(
  target: Value,
  name: string,
  args: readonly Value[],
  run: Run,
): { value: Value } | undefined {
  const key = `${name}/${args.length}`;
  if (target instanceof HeadersValue) return call(headerMethods, key, target, args, run);
  if (target instanceof HeaderNames) return call(nameMethods, key, target, args, run);
  if (target instanceof ParametersMap) return call(parameterMethods, key, target, args, run);
  if (target instanceof AttributesValue) return call(attributeMethods, key, target, args, run);
  if (target instanceof Bean && args.length === 0) {
    const read = principalMethod(target, name);
    return read && { value: read(target.target, run) };
  }
  return undefined;
}

/** For messages. */
export function gatewayMethodNames(target: Value): readonly string[] {
  const methods =
    target instanceof HeadersValue ? headerMethods : target instanceof ParametersMap ? parameterMethods : {};
  return Object.keys(methods).map((key) => key.slice(0, key.indexOf('/')));
}

/** Methods that walk over all names. */
const WALKS = /^(?:contains\/1|names|keySet|size|isEmpty|toSingleValueMap|hashCode)/;

function call<T extends JavaMap | JavaList>(
  methods: Methods<T>,
  key: string,
  target: T,
  args: readonly Value[],
  run: Run,
): { value: Value } | undefined {
  const method = Object.hasOwn(methods, key) ? methods[key] : undefined;
  if (method === undefined) return undefined;
  run.step();
  if (WALKS.test(key)) run.step(target instanceof JavaMap ? target.entries.size : target.items.length);
  for (const arg of args) pay(arg, run);
  return { value: method(target, args) };
}
