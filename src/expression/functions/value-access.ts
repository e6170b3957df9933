import { bigDecimalToDouble, bigDecimalToString, JavaBigDecimal, JavaBigInteger } from '../java/big-decimal.ts';
import { doubleToString, floatToString } from '../java/double-text.ts';
import {
  JavaByte,
  JavaChar,
  JavaDouble,
  JavaFloat,
  JavaList,
  JavaMap,
  JavaShort,
  type Run,
  type Value,
} from '../value.ts';

/** A java.util.List: sets and arrays are none. */
export const isList = (value: Value): value is JavaList => value instanceof JavaList && value.kind !== 'set';

export const isMap = (value: Value): value is JavaMap => value instanceof JavaMap;

/** Names of a map in its order; a path knows no other keys than text. */
export function mapKeys(map: JavaMap): readonly string[] {
  const keys: string[] = [];
  for (const key of map.entries.keys()) if (typeof key === 'string') keys.push(key);
  return keys;
}

/** null for a name that is missing. */
export const mapGet = (map: JavaMap, name: string): Value => map.entries.get(name) ?? null;

/** The text of a number as Java prints it; undefined for what is no number. */
export function numberText(value: Value): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  if (value instanceof JavaDouble) return doubleToString(value.value);
  if (value instanceof JavaFloat) return floatToString(value.value);
  if (value instanceof JavaBigInteger) return value.value.toString();
  if (value instanceof JavaBigDecimal) return bigDecimalToString(value);
  if (value instanceof JavaShort || value instanceof JavaByte) return value.value.toString();
  return undefined;
}

/** Number.doubleValue(); undefined for what is no number. */
export function numberValue(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof JavaDouble || value instanceof JavaFloat) return value.value;
  if (value instanceof JavaBigInteger) return Number(value.value);
  if (value instanceof JavaBigDecimal) return bigDecimalToDouble(value);
  if (value instanceof JavaShort || value instanceof JavaByte) return value.value;
  return undefined;
}

/**
 * Object.equals of JSON values: numbers are equal within their type only (1 and 1.0 differ, and so do 1.0 and 1.00 as
 * BigDecimal), lists element by element, maps whatever their order.
 */
export function javaEquals(a: Value, b: Value, run: Run): boolean {
  run.step();
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof JavaList && b instanceof JavaList) {
    if (a.items.length !== b.items.length || (a.kind === 'set') !== (b.kind === 'set')) return false;
    return a.items.every((item, index) => javaEquals(item, b.items[index], run));
  }
  if (a instanceof JavaMap && b instanceof JavaMap) {
    if (a.entries.size !== b.entries.size) return false;
    for (const [key, value] of a.entries) {
      if (!b.entries.has(key) || !javaEquals(value, b.entries.get(key), run)) return false;
    }
    return true;
  }
  if (a instanceof JavaChar && b instanceof JavaChar) return a.code === b.code;
  if (a.constructor !== b.constructor) return false;
  const text = numberText(a);
  return text !== undefined && text === numberText(b);
}
