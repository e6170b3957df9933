import { JavaBigInteger, parseBigDecimal } from '../../java/big-decimal.ts';
import { JavaException } from '../../java/java-exception.ts';
import { MAX_DIGITS } from '../../java/limits.ts';
import { JavaDouble, type Value } from '../../value.ts';
import { JsonTextError } from './json-text-error.ts';

/** Digits of the largest long. */
const LONG_DIGITS = 19;
const MAX_LONG = 9223372036854775807n;
const MIN_LONG = -9223372036854775808n;
/** A decimal written with more characters keeps all its digits. */
const DOUBLE_LENGTH = 18;

/**
 * An integer, an optional minus and digits, by its size: int, long or BigInteger. What is written with more digits than
 * a long can have is a BigInteger, leading zeros or not. A lone minus is 0.
 */
export function toInteger(text: string): Value {
  const negative = text.charCodeAt(0) === 0x2d;
  if (text.length <= 15) {
    const value = text === '-' ? 0 : Number(text);
    // Adding 0 makes 0 of -0.
    return value >= -2147483648 && value <= 2147483647 ? value + 0 : BigInt(value);
  }
  const value = negative ? -BigInt(text.slice(1)) : BigInt(text);
  const digits = negative ? text.length - 1 : text.length;
  if (digits > LONG_DIGITS || value > MAX_LONG || value < MIN_LONG) return new JavaBigInteger(value);
  return value >= -2147483648n && value <= 2147483647n ? Number(value) : value;
}

/** A number as JSON writes it. */
export function toNumber(text: string): Value {
  if (text.length > MAX_DIGITS)
    throw new JsonTextError(`a number of ${text.length} digits: the limit is ${MAX_DIGITS}`);
  return /[.eE]/.test(text) ? toDecimal(text) : toInteger(text);
}

/** A number with a point or an exponent: a double, or a BigDecimal when it is written with more than 18 characters. */
export function toDecimal(text: string): Value {
  try {
    if (text.length > DOUBLE_LENGTH) return parseBigDecimal(text);
  } catch (error) {
    if (error instanceof JavaException) throw new JsonTextError(error.message);
    throw error;
  }
  return toDouble(text);
}

export function toDouble(text: string): Value {
  const value = /\d$|\d\.$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new JsonTextError(`"${text}" is not a number`);
  return new JavaDouble(value, text);
}
