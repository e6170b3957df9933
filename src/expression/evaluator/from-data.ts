import { EvaluationFailure, JavaDouble, JavaList, JavaMap, type Value } from '../value.ts';

const MAX_DEPTH = 100;

/** Converted once: a configuration's properties are read by every request, and data do not change while in use. */
const converted = new WeakMap<object, Value>();

/**
 * Data of JavaScript as values of the language: integers are int or long by their size, other numbers double; arrays
 * lists; records and Maps maps (`typed`: keys typed by a getter). Existing values stay.
 */
export function toValue(data: unknown, typed = false, depth = 0): Value {
  switch (typeof data) {
    case 'number':
      if (!Number.isInteger(data) || Object.is(data, -0)) return new JavaDouble(data);
      if (data === (data | 0)) return data;
      return Number.isSafeInteger(data) ? BigInt(data) : new JavaDouble(data);
    case 'object':
      return data === null ? null : fromObject(data, typed, depth);
    case 'undefined':
      return null;
    case 'function':
    case 'symbol':
      throw new EvaluationFailure('a function is not a value');
    default:
      return data;
  }
}

function fromObject(data: object, typed: boolean, depth: number): Value {
  if (depth > MAX_DEPTH) throw new EvaluationFailure(`data nest deeper than ${MAX_DEPTH} levels`);
  const known = converted.get(data);
  if (known !== undefined) return known;
  const value = convert(data, typed, depth);
  if (depth === 0) converted.set(data, value);
  return value;
}

function convert(data: object, typed: boolean, depth: number): Value {
  if (Array.isArray(data)) return new JavaList(data.map((item) => toValue(item, false, depth + 1)));
  const prototype = Object.getPrototypeOf(data);
  if (data instanceof Map || prototype === Object.prototype || prototype === null) {
    const entries = data instanceof Map ? data.entries() : Object.entries(data);
    const values = new Map<Value, Value>();
    for (const [key, item] of entries) values.set(String(key), toValue(item, false, depth + 1));
    return new JavaMap(values, 'map', typed);
  }
  return data;
}
