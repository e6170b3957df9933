import { bigDecimalToDouble, bigDecimalToString, JavaBigDecimal, JavaBigInteger } from '../java/big-decimal.ts';
import { doubleToString, floatToString } from '../java/double-text.ts';
import { JavaByte, JavaDouble, JavaFloat, JavaList, JavaMap, JavaShort, type Value } from '../value.ts';

/** A java.util.List; sets and arrays are not lists. */
export const isList = (value: Value): value is JavaList => value instanceof JavaList && value.kind !== 'set';

export const isMap = (value: Value): value is JavaMap => value instanceof JavaMap;

/** Names of a map in its order; a path can only use text keys. */
export function mapKeys(map: JavaMap): readonly string[] {
  const keys: string[] = [];
  for (const key of map.entries.keys()) if (typeof key === 'string') keys.push(key);
  return keys;
}

/** null for a name that is missing. */
export const mapGet = (map: JavaMap, name: string): Value => map.entries.get(name) ?? null;

/** The text of a number as Java prints it; undefined for anything else. */
export function numberText(value: Value): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  if (value instanceof JavaDouble) return doubleToString(value.value);
  if (value instanceof JavaFloat) return floatToString(value.value);
  if (value instanceof JavaBigInteger) return value.value.toString();
  if (value instanceof JavaBigDecimal) return bigDecimalToString(value);
  if (value instanceof JavaShort || value instanceof JavaByte) return value.value.toString();
  return undefined;
}

/** Number.doubleValue(); undefined for anything else. */
export function numberValue(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof JavaDouble || value instanceof JavaFloat) return value.value;
  if (value instanceof JavaBigInteger) return Number(value.value);
  if (value instanceof JavaBigDecimal) return bigDecimalToDouble(value);
  if (value instanceof JavaShort || value instanceof JavaByte) return value.value;
  return undefined;
}
