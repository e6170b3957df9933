import { bigDecimalToDouble, exactBigDecimal } from './big-decimal.ts';
import { add, multiply } from './big-decimal-arithmetic.ts';
import { doubleToInt, doubleToLong, MAX_INT, MAX_LONG, MIN_INT, MIN_LONG, wrapLong } from './integers.ts';
import { JavaException } from './java-exception.ts';

/** The parts of java.lang.Math that JavaScript's Math lacks or gives another meaning. */

const overflow = (type: string) => new JavaException('ArithmeticException', `${type} overflow`);

export function exactInt(value: number): number {
  if (value > MAX_INT || value < MIN_INT) throw overflow('integer');
  return value + 0;
}

export function exactLong(value: bigint): bigint {
  if (value > MAX_LONG || value < MIN_LONG) throw overflow('long');
  return value;
}

const byZero = () => new JavaException('ArithmeticException', '/ by zero');

export function floorDivide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw byZero();
  const quotient = a / b;
  return wrapLong(quotient * b !== a && a < 0n !== b < 0n ? quotient - 1n : quotient);
}

export function floorModulo(a: bigint, b: bigint): bigint {
  if (b === 0n) throw byZero();
  const remainder = a % b;
  return remainder !== 0n && remainder < 0n !== b < 0n ? remainder + b : remainder;
}

export const roundToLong = (value: number) => doubleToLong(Math.round(value));

export const roundToInt = (value: number) => doubleToInt(Math.round(value));

/** To the nearest integer, ties to even. */
export function rint(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 52) return value;
  const floor = Math.floor(value);
  const difference = value - floor;
  const rounded = difference < 0.5 || (difference === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return rounded === 0 ? copySign(0, value) : rounded;
}

export const isNegative = (value: number) => value < 0 || Object.is(value, -0);

export const copySign = (magnitude: number, sign: number) =>
  isNegative(sign) ? -Math.abs(magnitude) : Math.abs(magnitude);

export const toDegrees = (radians: number) => radians * 57.29577951308232;

export const toRadians = (degrees: number) => degrees * 0.017453292519943295;

/** a × b + c, rounded once. */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  if (![a, b, c].every(Number.isFinite)) return a * b + c;
  const product = multiply(exactBigDecimal(a), exactBigDecimal(b));
  const sum = add(product, exactBigDecimal(c));
  return sum.unscaled === 0n ? a * b + c : bigDecimalToDouble(sum);
}

/** Both numbers as integers times the same power of two. */
function commonIntegers(a: number, b: number): [bigint, bigint, number] {
  const [x, p] = split(a);
  const [y, q] = split(b);
  const low = Math.min(p, q);
  return [x << BigInt(p - low), y << BigInt(q - low), low];
}

function split(value: number): [bigint, number] {
  const exponent = value === 0 ? 0 : Math.max(exponentOf(value), -1022) - 52;
  return [BigInt(timesPowerOfTwo(value, -exponent)), exponent];
}

/** value × 2^exponent, rounded once. */
export function timesPowerOfTwo(value: number, exponent: number): number {
  let result = value;
  let rest = Math.max(-4200, Math.min(4200, exponent));
  // Large steps first upwards; downwards the last step is the one that may round.
  while (rest > 1000) {
    result *= 2 ** 1000;
    rest -= 1000;
  }
  while (rest < -1000) {
    if (Math.abs(result) < 2 ** -50) {
      // Going below the normal range: one multiplication by what is left, so that only one rounding happens.
      return result * 2 ** Math.max(rest, -1074) * (rest < -1074 ? 0 : 1);
    }
    result *= 2 ** -900;
    rest += 900;
  }
  return result * 2 ** rest;
}

export function ieeeRemainder(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b) || !Number.isFinite(a) || b === 0) return Number.NaN;
  if (!Number.isFinite(b)) return a;
  const [x, y, power] = commonIntegers(Math.abs(a), Math.abs(b));
  let remainder = x % y;
  const twice = 2n * remainder;
  if (twice > y || (twice === y && (x / y) % 2n === 1n)) remainder -= y;
  const magnitude = timesPowerOfTwo(Number(remainder), power);
  return magnitude === 0 ? copySign(0, a) : isNegative(a) ? -magnitude : magnitude;
}

const view = new DataView(new ArrayBuffer(8));

export function doubleBits(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigInt64(0);
}

export function bitsToDouble(bits: bigint): number {
  view.setBigInt64(0, bits);
  return view.getFloat64(0);
}

export function floatBits(value: number): number {
  view.setFloat32(0, value);
  return view.getInt32(0);
}

export function bitsToFloat(bits: number): number {
  view.setInt32(0, bits);
  return view.getFloat32(0);
}

/** Unbiased exponent; -1023 for zero and subnormal numbers, 1024 for what is not finite. */
export const exponentOf = (value: number) => Number((doubleBits(value) >> 52n) & 0x7ffn) - 1023;

export const floatExponentOf = (value: number) => ((floatBits(value) >> 23) & 0xff) - 127;

export function nextAfter(start: number, direction: number, single: boolean): number {
  if (Number.isNaN(start) || Number.isNaN(direction)) return Number.NaN;
  if (start === direction) return single ? Math.fround(direction) : direction;
  const least = single ? 2 ** -149 : Number.MIN_VALUE;
  if (start === 0) return direction > 0 ? least : -least;
  const step = direction > start === start > 0 ? 1 : -1;
  return single ? bitsToFloat(floatBits(start) + step) : bitsToDouble(doubleBits(start) + BigInt(step));
}

export const nextUp = (value: number, single: boolean) =>
  value === Number.POSITIVE_INFINITY ? value : nextAfter(value, Number.POSITIVE_INFINITY, single);

export const nextDown = (value: number, single: boolean) =>
  value === Number.NEGATIVE_INFINITY ? value : nextAfter(value, Number.NEGATIVE_INFINITY, single);

/** The distance to the next larger number in magnitude. */
export function unitInLastPlace(value: number, single: boolean): number {
  if (!Number.isFinite(value)) return Math.abs(value);
  const exponent = single ? Math.max(floatExponentOf(value), -126) - 23 : Math.max(exponentOf(value), -1022) - 52;
  return timesPowerOfTwo(1, exponent);
}
