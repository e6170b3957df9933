import {
  clampScale,
  digitCount,
  grow,
  JavaBigDecimal,
  type MathContext,
  powerOfTen,
  roundTo,
  setScale,
  stripZeros,
} from './big-decimal.ts';
import { JavaException } from './java-exception.ts';
import { limitDigits } from './limits.ts';
import { divideRounded, type RoundingMode } from './rounding.ts';

const UNLIMITED: MathContext = { precision: 0, rounding: 'HALF_UP' };

const arithmetic = (message: string) => new JavaException('ArithmeticException', message);

/** The unscaled values of both at the larger scale. */
function align(left: JavaBigDecimal, right: JavaBigDecimal): [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale);
  return [grow(left.unscaled, scale - left.scale), grow(right.unscaled, scale - right.scale), scale];
}

export function add(left: JavaBigDecimal, right: JavaBigDecimal, context = UNLIMITED): JavaBigDecimal {
  if (context.precision !== 0 && (left.unscaled === 0n || right.unscaled === 0n)) return addZero(left, right, context);
  const [a, b, scale] = align(left, right);
  return roundTo(new JavaBigDecimal(a + b, scale), context);
}

/** With a context the zero only says which scale is preferred; the digits may not allow it. */
function addZero(left: JavaBigDecimal, right: JavaBigDecimal, context: MathContext): JavaBigDecimal {
  const preferred = Math.max(left.scale, right.scale);
  if (left.unscaled === 0n && right.unscaled === 0n) return new JavaBigDecimal(0n, preferred);
  const result = roundTo(left.unscaled === 0n ? right : left, context);
  if (result.scale > preferred) return stripZeros(result, preferred);
  const room = Math.min(context.precision - result.precision, preferred - result.scale);
  return setScale(result, result.scale + room, 'UNNECESSARY');
}

export function negate(value: JavaBigDecimal): JavaBigDecimal {
  return new JavaBigDecimal(-value.unscaled, value.scale);
}

export function subtract(left: JavaBigDecimal, right: JavaBigDecimal, context = UNLIMITED): JavaBigDecimal {
  return add(left, negate(right), context);
}

export function multiply(left: JavaBigDecimal, right: JavaBigDecimal, context = UNLIMITED): JavaBigDecimal {
  if (left.unscaled === 0n || right.unscaled === 0n)
    return new JavaBigDecimal(0n, clampScale(left.scale + right.scale));
  limitDigits(digitCount(left.unscaled) + digitCount(right.unscaled));
  return roundTo(new JavaBigDecimal(left.unscaled * right.unscaled, left.scale + right.scale), context);
}

export function compare(left: JavaBigDecimal, right: JavaBigDecimal): number {
  if (left.signum !== right.signum) return left.signum > right.signum ? 1 : -1;
  if (left.signum === 0) return 0;
  // The magnitudes first: 1E+100000 and 1 need no common scale.
  const leftTop = left.precision - left.scale;
  const rightTop = right.precision - right.scale;
  if (leftTop !== rightTop) return leftTop > rightTop === left.signum > 0 ? 1 : -1;
  const [a, b] = align(left, right);
  return a > b ? 1 : a < b ? -1 : 0;
}

function refuseZero(left: JavaBigDecimal, right: JavaBigDecimal): void {
  if (right.unscaled === 0n) throw arithmetic(left.unscaled === 0n ? 'Division undefined' : 'Division by zero');
}

/** divide(divisor, scale, mode); the language's `/` uses it with the larger scale and HALF_EVEN. */
export function divideToScale(
  left: JavaBigDecimal,
  right: JavaBigDecimal,
  scale: number,
  mode: RoundingMode,
): JavaBigDecimal {
  if (right.unscaled === 0n) throw arithmetic('/ by zero');
  if (left.unscaled === 0n) return new JavaBigDecimal(0n, scale);
  const shift = scale + right.scale - left.scale;
  if (shift >= 0) return new JavaBigDecimal(divideRounded(grow(left.unscaled, shift), right.unscaled, mode), scale);
  const power = Math.min(-shift, digitCount(left.unscaled) + 1);
  return new JavaBigDecimal(divideRounded(left.unscaled, grow(right.unscaled, power), mode), scale);
}

/** divide(divisor): the exact quotient, at the difference of the scales or more digits where they are needed. */
export function divideExact(left: JavaBigDecimal, right: JavaBigDecimal): JavaBigDecimal {
  refuseZero(left, right);
  const preferred = clampScale(left.scale - right.scale);
  if (left.unscaled === 0n) return new JavaBigDecimal(0n, preferred);
  const common = greatestCommonDivisor(left.unscaled, right.unscaled);
  let rest = right.unscaled / common;
  let twos = 0;
  let fives = 0;
  for (; rest % 2n === 0n; rest /= 2n) twos++;
  for (; rest % 5n === 0n; rest /= 5n) fives++;
  if (rest !== 1n && rest !== -1n)
    throw arithmetic('Non-terminating decimal expansion; no exact representable decimal result.');
  const digits = Math.max(twos, fives);
  return new JavaBigDecimal(grow(left.unscaled, digits) / right.unscaled, preferred + digits);
}

/** divide(divisor, context). */
export function divide(left: JavaBigDecimal, right: JavaBigDecimal, context: MathContext): JavaBigDecimal {
  if (context.precision === 0) return divideExact(left, right);
  refuseZero(left, right);
  const preferred = clampScale(left.scale - right.scale);
  if (left.unscaled === 0n) return new JavaBigDecimal(0n, preferred);
  // Enough digits for the precision and two more, then one sticky digit that says "inexact" to the rounding.
  const extra = context.precision + 3 + digitCount(right.unscaled) - digitCount(left.unscaled);
  const numerator = extra > 0 ? grow(left.unscaled, extra) : left.unscaled;
  const shift = Math.max(0, extra);
  const quotient = numerator / right.unscaled;
  const inexact = quotient * right.unscaled !== numerator;
  const negative = numerator < 0n !== right.unscaled < 0n;
  const sticky = quotient * 10n + (inexact ? (negative ? -1n : 1n) : 0n);
  const rounded = roundTo(new JavaBigDecimal(sticky, preferred + shift + 1), context);
  return inexact ? rounded : stripZeros(rounded, preferred);
}

export function divideToIntegral(left: JavaBigDecimal, right: JavaBigDecimal, context = UNLIMITED): JavaBigDecimal {
  refuseZero(left, right);
  const preferred = clampScale(left.scale - right.scale);
  if (left.unscaled === 0n) return new JavaBigDecimal(0n, preferred);
  const shift = left.scale - right.scale;
  const smaller = compare(absolute(left), absolute(right)) < 0;
  if (smaller) return new JavaBigDecimal(0n, preferred);
  const quotient =
    shift >= 0 ? left.unscaled / grow(right.unscaled, shift) : grow(left.unscaled, -shift) / right.unscaled;
  const whole = new JavaBigDecimal(quotient, 0);
  const result = preferred >= 0 ? setScale(whole, preferred, 'UNNECESSARY') : stripZeros(whole, preferred);
  if (context.precision === 0) return result;
  const stripped = stripZeros(whole, preferred);
  if (
    stripped.precision > context.precision &&
    stripZeros(whole, Number.MIN_SAFE_INTEGER).precision > context.precision
  ) {
    throw arithmetic('Division impossible');
  }
  if (result.precision <= context.precision) return result;
  return roundTo(result, { precision: context.precision, rounding: 'DOWN' });
}

export function remainder(left: JavaBigDecimal, right: JavaBigDecimal, context = UNLIMITED): JavaBigDecimal {
  return subtract(left, multiply(divideToIntegral(left, right, context), right));
}

export function absolute(value: JavaBigDecimal): JavaBigDecimal {
  return value.unscaled < 0n ? negate(value) : value;
}

export function power(value: JavaBigDecimal, exponent: number): JavaBigDecimal {
  if (exponent < 0 || exponent > 999_999_999) throw arithmetic('Invalid operation');
  const scale = value.scale * exponent;
  if (value.unscaled === 0n || value.unscaled === 1n || value.unscaled === -1n) {
    return new JavaBigDecimal(
      exponent % 2 === 0 && value.unscaled !== 0n ? 1n : exponent === 0 ? 1n : value.unscaled,
      clampScale(scale),
    );
  }
  limitDigits(Math.floor(decimalLogarithm(value.unscaled) * exponent) + 1);
  return new JavaBigDecimal(value.unscaled ** BigInt(exponent), scale);
}

/** log10 of the magnitude, good to a few digits: 9 to a power grows although it has one digit. */
function decimalLogarithm(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString();
  return Math.log10(Number(digits.slice(0, 15))) + Math.max(0, digits.length - 15);
}

/** pow(n, context): the algorithm of ANSI X3.274, whose intermediate roundings show. */
export function powerWithin(value: JavaBigDecimal, exponent: number, context: MathContext): JavaBigDecimal {
  if (context.precision === 0) return power(value, exponent);
  if (Math.abs(exponent) > 999_999_999) throw arithmetic('Invalid operation');
  if (exponent === 0) return JavaBigDecimal.ONE;
  const magnitude = Math.abs(exponent);
  const digits = String(magnitude).length;
  if (digits > context.precision) throw arithmetic('Invalid operation');
  const working: MathContext = { precision: context.precision + digits + 1, rounding: context.rounding };
  let result = JavaBigDecimal.ONE;
  let seen = false;
  for (const bit of magnitude.toString(2)) {
    if (seen) result = multiply(result, result, working);
    if (bit === '1') {
      seen = true;
      result = multiply(result, value, working);
    }
  }
  if (exponent < 0) result = divide(JavaBigDecimal.ONE, result, working);
  return roundTo(result, context);
}

/** sqrt(context); with no limit of digits the root must be exact. */
export function squareRoot(value: JavaBigDecimal, context: MathContext): JavaBigDecimal {
  if (value.unscaled < 0n) throw arithmetic('Attempted square root of negative BigDecimal');
  const preferred = Math.trunc(value.scale / 2);
  if (value.unscaled === 0n) return new JavaBigDecimal(0n, preferred);
  const stripped = stripZeros(value, Number.MIN_SAFE_INTEGER);
  const wanted = context.precision === 0 ? Math.trunc(stripped.precision / 2) + 1 : context.precision;
  let extra = Math.max(0, 2 * (wanted + 2) - stripped.precision);
  if ((stripped.scale + extra) % 2 !== 0) extra++;
  const radicand = grow(stripped.unscaled, extra);
  const root = integerRoot(radicand);
  const exact = root * root === radicand;
  const scale = (stripped.scale + extra) / 2;
  if (!exact && (context.precision === 0 || context.rounding === 'UNNECESSARY')) {
    throw arithmetic('Computed square root not exact.');
  }
  // An inexact root carries a sticky digit into the rounding; zeros at its end go in any case.
  const digits = exact ? new JavaBigDecimal(root, scale) : new JavaBigDecimal(root * 10n + 1n, scale + 1);
  const rounded = stripZeros(roundTo(digits, context), Number.MIN_SAFE_INTEGER);
  if (rounded.scale >= preferred) return rounded;
  const room = context.precision === 0 ? preferred - rounded.scale : context.precision - rounded.precision;
  return setScale(rounded, rounded.scale + Math.min(room, preferred - rounded.scale), 'UNNECESSARY');
}

function integerRoot(value: bigint): bigint {
  let guess = powerOfTen(Math.ceil(digitCount(value) / 2));
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left < 0n ? -left : left, right < 0n ? -right : right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
