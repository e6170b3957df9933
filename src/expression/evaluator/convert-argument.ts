import { convertTo, JavaEnum } from '../java/index.ts';
import {
  EvaluationFailure,
  JavaArray,
  JavaBigInteger,
  JavaByte,
  JavaChar,
  JavaDouble,
  JavaFloat,
  JavaList,
  JavaShort,
  type Run,
  type Value,
} from '../value.ts';
import { hasText } from './has-text.ts';
import { isNumber, type JavaNumber, toBigDecimal, toDouble, toWhole } from './numbers.ts';
import { parseNumber } from './parse-number.ts';
import { toText } from './to-text.ts';
import { asBoolean } from './truth.ts';
import { typeName } from './type-name.ts';
import { isInstance } from './value-type.ts';

const NUMBER_TYPES: ReadonlySet<string> = new Set([
  'int',
  'long',
  'short',
  'byte',
  'float',
  'double',
  'java.lang.Integer',
  'java.lang.Long',
  'java.lang.Short',
  'java.lang.Byte',
  'java.lang.Float',
  'java.lang.Double',
  'java.math.BigDecimal',
  'java.math.BigInteger',
  'java.lang.Number',
]);

const primitives: Readonly<Record<string, string>> = {
  int: 'java.lang.Integer',
  long: 'java.lang.Long',
  short: 'java.lang.Short',
  byte: 'java.lang.Byte',
  float: 'java.lang.Float',
  double: 'java.lang.Double',
  boolean: 'java.lang.Boolean',
  char: 'java.lang.Character',
};

export const isPrimitive = (type: string): boolean => Object.hasOwn(primitives, type);

/** The class for a primitive, any other type as it is. */
const boxed = (type: string): string => (isPrimitive(type) ? (primitives[type] ?? type) : type);

/** Whether the value is one of the type already. */
export const isAssignable = (value: Value, type: string): boolean => isInstance(value, boxed(type));

/**
 * The value as an argument of the type, by the original's conversion service; undefined if it has no conversion. Throws
 * EvaluationFailure or JavaException for a value that does not fit.
 */
export function convertArgument(value: Value, type: string, run: Run): { readonly value: Value } | undefined {
  if (value === null) return isPrimitive(type) ? undefined : { value };
  if (isAssignable(value, type)) return { value };
  if (type === 'java.lang.String') return hasText(value) ? { value: toText(value, run) } : undefined;
  if (type.endsWith('[]')) return toArray(value, type.slice(0, -2), run);
  if (type === 'java.util.Collection' || type === 'java.util.List') return toCollection(value, run);
  if (value instanceof JavaList || value instanceof JavaArray) return firstElement(value.items, type, run);
  if (NUMBER_TYPES.has(type)) return toNumberArgument(value, boxed(type));
  if (type === 'boolean' || type === 'java.lang.Boolean') {
    const truth = asBoolean(value);
    if (truth === undefined && typeof value === 'string') throw new EvaluationFailure('the text is not a boolean');
    return truth === undefined ? undefined : { value: truth };
  }
  if (type === 'char' || type === 'java.lang.Character') return toCharacter(value);
  const converted = convertTo(value, type);
  return converted === undefined ? undefined : { value: converted };
}

/** A collection can be converted to any type by its first element; if that does not fit, the conversion fails. */
function firstElement(items: readonly Value[], type: string, run: Run): { readonly value: Value } {
  const [first = null] = items;
  const converted = convertArgument(first, type, run);
  if (converted === undefined) throw new EvaluationFailure(`the first element is not a ${type} but ${typeName(first)}`);
  return converted;
}

function toNumberArgument(value: Value, type: string): { readonly value: Value } | undefined {
  if (isNumber(value)) return { value: toNumber(value, type) };
  if (value instanceof JavaChar) return { value: toNumber(value.code, type) };
  if (typeof value === 'string') return { value: parseNumber(value, type) };
  if (value instanceof JavaEnum && type === 'java.lang.Integer') return { value: value.ordinal };
  return undefined;
}

function toNumber(value: JavaNumber, type: string): Value {
  switch (type) {
    case 'java.lang.Integer':
      return Number(ranged(value, 32, 'int'));
    case 'java.lang.Long':
      return ranged(value, 64, 'long');
    case 'java.lang.Short':
      return new JavaShort(Number(ranged(value, 16, 'short')));
    case 'java.lang.Byte':
      return new JavaByte(Number(ranged(value, 8, 'byte')));
    case 'java.lang.Float':
      return new JavaFloat(Math.fround(toDouble(value)));
    case 'java.lang.Double':
      return new JavaDouble(toDouble(value));
    case 'java.math.BigInteger':
      return new JavaBigInteger(toWhole(value));
    default:
      return toBigDecimal(value);
  }
}

function ranged(value: JavaNumber, bits: number, name: string): bigint {
  const whole = toWhole(value);
  if (BigInt.asIntN(bits, whole) !== whole) throw new EvaluationFailure(`the number does not fit a ${name}`);
  return whole;
}

function toCharacter(value: Value): { readonly value: Value } | undefined {
  if (typeof value === 'string') {
    if (value.length === 1) return { value: new JavaChar(value.charCodeAt(0)) };
    throw new EvaluationFailure('a character is a text of length 1');
  }
  return isNumber(value) ? { value: new JavaChar(Number(BigInt.asUintN(16, toWhole(value)))) } : undefined;
}

function toArray(value: Value, component: string, run: Run): { readonly value: Value } | undefined {
  const items = itemsOf(value, run);
  const converted: Value[] = [];
  for (const item of items) {
    const result = convertArgument(item, component, run);
    if (result === undefined) return undefined;
    converted.push(result.value);
  }
  return { value: new JavaArray(component, converted) };
}

/** A text is cut at its commas, anything else is an element. */
function itemsOf(value: Value, run: Run): readonly Value[] {
  if (value instanceof JavaList || value instanceof JavaArray) {
    run.step(value.items.length);
    return value.items;
  }
  if (typeof value !== 'string') return [value];
  // A text may consist of commas only.
  run.step(value.length >> 3);
  return value === '' ? [] : value.split(',').map((item) => item.trim());
}

function toCollection(value: Value, run: Run): { readonly value: Value } {
  return { value: new JavaList(itemsOf(value, run)) };
}
