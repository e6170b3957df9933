import { javaText } from '../java/index.ts';
import { EvaluationFailure, JavaArray, JavaDouble, JavaFloat, JavaList, JavaMap, type Value } from '../value.ts';
import { Bean } from './bean.ts';
import { HeadersValue } from './headers-value.ts';
import { isNumber } from './numbers.ts';
import { typeName } from './type-name.ts';

/** A value as JavaScript data: numbers as numbers (a long beyond 2^53 as bigint), lists as arrays, maps as Maps. */
export function fromValue(value: Value): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? fromLong(value) : value;
  if (value instanceof JavaDouble || value instanceof JavaFloat) return value.value;
  if (isNumber(value)) return fromNumberText(javaText(value));
  if (value instanceof JavaList || value instanceof JavaArray) return value.items.map(fromValue);
  if (value instanceof Bean || value instanceof HeadersValue) {
    throw new EvaluationFailure(`${typeName(value)} is not a value that an expression can return`);
  }
  if (value instanceof JavaMap) {
    return new Map([...value.entries].map(([key, item]) => [fromValue(key), fromValue(item)]));
  }
  return javaText(value);
}

const fromLong = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function fromNumberText(text: string): number | bigint {
  return /^-?\d+$/.test(text) ? fromLong(BigInt(text)) : Number(text);
}
