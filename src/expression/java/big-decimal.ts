import { LRUCache } from 'lru-cache';
import { toAsciiDigits, trailingZeroCount } from './digits.ts';
import { JavaException } from './java-exception.ts';
import { limitDigits, limitText, MAX_DIGITS } from './limits.ts';
import { divideRounded, type RoundingMode } from './rounding.ts';

/** java.math.BigInteger. The language gives it no method but equals, hashCode and toString. */
export class JavaBigInteger {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** java.math.MathContext: significant digits (0: no limit) and how to round to them. */
export interface MathContext {
  readonly precision: number;
  readonly rounding: RoundingMode;
}

const MAX_INT = 2147483647;
const MIN_INT = -2147483648;

/** java.math.BigDecimal: unscaled × 10^-scale. */
export class JavaBigDecimal {
  static readonly ZERO = new JavaBigDecimal(0n, 0);
  static readonly ONE = new JavaBigDecimal(1n, 0);
  static readonly TWO = new JavaBigDecimal(2n, 0);
  static readonly TEN = new JavaBigDecimal(10n, 0);

  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    if (scale > MAX_INT) throw new JavaException('ArithmeticException', 'Underflow');
    if (scale < MIN_INT) throw new JavaException('ArithmeticException', 'Overflow');
    this.unscaled = unscaled;
    this.scale = scale;
  }

  get signum(): number {
    return this.unscaled > 0n ? 1 : this.unscaled < 0n ? -1 : 0;
  }

  get precision(): number {
    return digitCount(this.unscaled);
  }
}

/** Java saturates the scale that it prefers for a zero. */
export const clampScale = (scale: number) => Math.max(MIN_INT, Math.min(MAX_INT, scale));

/** 4 KB each at the most; making one takes as long as a hundred steps. */
const powers = new LRUCache<number, bigint>({ max: 256 });

export function powerOfTen(exponent: number): bigint {
  limitDigits(exponent);
  if (exponent < 40) return 10n ** BigInt(exponent);
  const known = powers.get(exponent);
  if (known !== undefined) return known;
  const power = 10n ** BigInt(exponent);
  powers.set(exponent, power);
  return power;
}

export function digitCount(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,12}))?$/;

/** new BigDecimal(String): no blanks, no suffix. */
export function parseBigDecimal(text: string): JavaBigDecimal {
  const match = text.length <= 2 * MAX_DIGITS ? NUMBER.exec(toAsciiDigits(text)) : null;
  if (match === null)
    throw new JavaException('NumberFormatException', `"${text.slice(0, 80)}" is not a decimal number`);
  const [, sign, whole = '', fraction = '', bare, exponent = '0'] = match;
  const decimals = bare ?? fraction;
  if (Math.abs(Number(exponent)) > MAX_INT)
    throw new JavaException('NumberFormatException', 'Too many nonzero exponent digits.');
  const scale = decimals.length - Number(exponent);
  if (scale > MAX_INT || scale < MIN_INT) throw new JavaException('NumberFormatException', 'Scale out of range.');
  const digits = whole + decimals;
  limitDigits(digits.length);
  const unscaled = BigInt(digits);
  return new JavaBigDecimal(sign === '-' ? -unscaled : unscaled, scale);
}

/** new BigDecimal(double): the exact value of the bits. */
export function exactBigDecimal(value: number): JavaBigDecimal {
  if (!Number.isFinite(value)) throw new JavaException('NumberFormatException', 'Infinite or NaN');
  let rest = value;
  let scale = 0;
  while (!Number.isInteger(rest)) {
    rest *= 2;
    scale++;
  }
  return new JavaBigDecimal(BigInt(rest) * 5n ** BigInt(scale), scale);
}

export function bigDecimalToString(value: JavaBigDecimal): string {
  const { negative, digits } = signAndDigits(value);
  const adjusted = digits.length - 1 - value.scale;
  if (value.scale === 0) return negative + digits;
  if (value.scale > 0 && adjusted >= -6) return negative + insertPoint(digits, value.scale);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${negative}${digits[0]}${fraction}${exponentText(adjusted)}`;
}

/** Exponents in steps of three. */
export function toEngineeringString(value: JavaBigDecimal): string {
  const { negative, digits } = signAndDigits(value);
  let adjusted = digits.length - 1 - value.scale;
  if (value.scale === 0) return negative + digits;
  if (value.scale > 0 && adjusted >= -6) return negative + insertPoint(digits, value.scale);
  let shift = ((adjusted % 3) + 3) % 3;
  adjusted -= shift;
  shift++;
  if (value.unscaled === 0n) {
    const zeros = shift === 1 ? '0' : shift === 2 ? '0.00' : '0.0';
    if (shift !== 1) adjusted += 3;
    return negative + zeros + exponentText(adjusted);
  }
  const whole = digits.slice(0, shift).padEnd(shift, '0');
  const fraction = digits.length > shift ? `.${digits.slice(shift)}` : '';
  return negative + whole + fraction + exponentText(adjusted);
}

export function toPlainString(value: JavaBigDecimal): string {
  const { negative, digits } = signAndDigits(value);
  if (value.scale > 0) {
    limitText(value.scale);
    return negative + insertPoint(digits, value.scale);
  }
  if (value.unscaled === 0n) return '0';
  limitText(digits.length - value.scale);
  return negative + digits + '0'.repeat(-value.scale);
}

function signAndDigits(value: JavaBigDecimal): { negative: string; digits: string } {
  const text = value.unscaled.toString();
  return text.startsWith('-') ? { negative: '-', digits: text.slice(1) } : { negative: '', digits: text };
}

function insertPoint(digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function exponentText(exponent: number): string {
  return exponent === 0 ? '' : `E${exponent > 0 ? '+' : ''}${exponent}`;
}

/** A finite double, rounded once. */
export function bigDecimalToDouble(value: JavaBigDecimal): number {
  return Number(`${value.unscaled}e${-value.scale}`);
}

/** Towards zero. Beyond `MAX_DIGITS` digits nothing of it would fit any type, so the digits are not computed. */
export function bigDecimalToBigInt(value: JavaBigDecimal): bigint {
  if (value.scale === 0 || value.unscaled === 0n) return value.unscaled;
  if (value.scale < 0) return value.unscaled * powerOfTen(-value.scale);
  return value.scale > digitCount(value.unscaled) ? 0n : value.unscaled / powerOfTen(value.scale);
}

export function setScale(value: JavaBigDecimal, scale: number, mode: RoundingMode): JavaBigDecimal {
  if (scale === value.scale) return value;
  if (value.unscaled === 0n) return new JavaBigDecimal(0n, scale);
  if (scale > value.scale) return new JavaBigDecimal(grow(value.unscaled, scale - value.scale), scale);
  const drop = value.scale - scale;
  // More digits are removed than exist: the rest is 0 or one unit, whatever the power of ten.
  const power = powerOfTen(Math.min(drop, digitCount(value.unscaled) + 1));
  return new JavaBigDecimal(divideRounded(value.unscaled, power, mode), scale);
}

/** unscaled × 10^digits within the limit. */
export function grow(unscaled: bigint, digits: number): bigint {
  if (unscaled === 0n || digits === 0) return unscaled;
  limitDigits(digitCount(unscaled) + digits);
  return unscaled * powerOfTen(digits);
}

/** To the digits of the context. */
export function roundTo(value: JavaBigDecimal, context: MathContext): JavaBigDecimal {
  let { unscaled, scale } = value;
  if (context.precision === 0) return value;
  let drop = digitCount(unscaled) - context.precision;
  while (drop > 0) {
    unscaled = divideRounded(unscaled, powerOfTen(drop), context.rounding);
    scale -= drop;
    drop = digitCount(unscaled) - context.precision;
  }
  return scale === value.scale ? value : new JavaBigDecimal(unscaled, scale);
}

/** Removes trailing zeros while the scale stays above `preferred`. */
export function stripZeros(value: JavaBigDecimal, preferred: number): JavaBigDecimal {
  let { unscaled, scale } = value;
  if (unscaled === 0n) return value;
  const zeros = trailingZeroCount(unscaled.toString());
  const drop = Math.max(0, Math.min(zeros, scale - preferred));
  unscaled /= powerOfTen(drop);
  scale -= drop;
  return drop === 0 ? value : new JavaBigDecimal(unscaled, scale);
}
