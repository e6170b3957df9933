import { JavaBigDecimal, JavaBigInteger } from '../java/big-decimal.ts';
import { JavaArray, JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from '../java/boxes.ts';
import { OBJECT, typeOf } from '../java/index.ts';
import { JavaEnum } from '../java/java-enum.ts';
import { JavaList, JavaMap, type Value } from '../value.ts';
import { Bean } from './bean.ts';
import { HeadersValue } from './headers-value.ts';
import { ClassValue } from './value-type.ts';

/** The name of a value's kind in messages. */
export function typeName(value: Value): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean') return 'a boolean';
  if (typeof value === 'number') return 'an int';
  if (typeof value === 'bigint') return 'a long';
  if (value instanceof JavaDouble) return 'a double';
  if (value instanceof JavaFloat) return 'a float';
  if (value instanceof JavaShort || value instanceof JavaByte) return 'a short';
  if (value instanceof JavaChar) return 'a character';
  if (value instanceof JavaBigInteger) return 'a BigInteger';
  if (value instanceof JavaBigDecimal) return 'a BigDecimal';
  if (value instanceof JavaList) return value.kind === 'set' ? 'a set' : 'a list';
  if (value instanceof JavaArray) return 'an array';
  if (value instanceof HeadersValue) return 'headers';
  if (value instanceof JavaMap) return 'a map';
  if (value instanceof Bean) return value.type.name;
  if (value instanceof JavaEnum) return `the constant ${value.name}`;
  if (value instanceof ClassValue) return value.type.name;
  const type = typeOf(value);
  return type === OBJECT ? 'this object' : `a ${type.name}`;
}
