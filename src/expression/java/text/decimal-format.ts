import {
  bigDecimalToDouble,
  digitCount,
  exactBigDecimal,
  JavaBigDecimal,
  parseBigDecimal,
  roundTo,
  setScale,
} from '../big-decimal.ts';
import { multiply } from '../big-decimal-arithmetic.ts';
import { withoutTrailingZeros } from '../digits.ts';
import { doubleToString } from '../double-text.ts';
import { MAX_LONG, MIN_LONG } from '../integers.ts';
import { JavaException } from '../java-exception.ts';
import { limitDigits, limitText } from '../limits.ts';
import type { RoundingMode } from '../rounding.ts';
import { type Affix, type DecimalPattern, parseDecimalPattern } from './decimal-pattern.ts';
import { type NumberSymbols, symbolsOf } from './number-symbols.ts';

/** java.text.DecimalFormat. Its setters change it, as in Java. */
export class JavaDecimalFormat {
  pattern: DecimalPattern;
  symbols: NumberSymbols;
  rounding: RoundingMode = 'HALF_EVEN';
  integerOnly = false;
  /** parse() gives a BigDecimal. */
  decimals = false;

  constructor(pattern: string, locale = 'en-US') {
    this.pattern = parseDecimalPattern(pattern);
    this.symbols = symbolsOf(locale);
  }
}

/** A double is written with its shortest digits where they fit, else rounded from its exact value. */
export function formatDouble(format: JavaDecimalFormat, value: number): string {
  const { pattern, symbols } = format;
  if (Number.isNaN(value)) return symbols.nan;
  const negative = value < 0 || Object.is(value, -0);
  const scaled = Math.abs(value) * pattern.multiplier;
  if (!Number.isFinite(scaled)) return withAffixes(format, symbols.infinity, negative);
  const shortest = parseBigDecimal(doubleToString(scaled).replace('E', 'e'));
  // The original does not see that the digits of a whole double are exact: half of a unit goes up.
  const mode = shortest.scale <= 0 || Number.isInteger(scaled) ? halfUp(format.rounding) : format.rounding;
  const rounded = roundForPattern(shortest, format.pattern, negative ? mirrored(mode) : mode, exactBigDecimal(scaled));
  return withAffixes(format, layOut(rounded, format), negative);
}

export function formatDecimal(format: JavaDecimalFormat, value: JavaBigDecimal): string {
  const negative = value.unscaled < 0n;
  const magnitude = new JavaBigDecimal(negative ? -value.unscaled : value.unscaled, value.scale);
  const scaled =
    format.pattern.multiplier === 1
      ? magnitude
      : multiply(magnitude, new JavaBigDecimal(BigInt(format.pattern.multiplier), 0));
  const mode = negative ? mirrored(format.rounding) : format.rounding;
  return withAffixes(format, layOut(roundForPattern(scaled, format.pattern, mode, scaled), format), negative);
}

/** `digits` when the pattern shows all of them, else `exact` rounded to what it shows. Both are positive. */
function roundForPattern(
  digits: JavaBigDecimal,
  pattern: DecimalPattern,
  mode: RoundingMode,
  exact: JavaBigDecimal,
): JavaBigDecimal {
  if (pattern.exponentDigits > 0) {
    const places = pattern.maxInteger + pattern.maxFraction;
    return places === 0 || digits.precision <= places ? digits : roundTo(exact, { precision: places, rounding: mode });
  }
  return digits.scale <= pattern.maxFraction ? digits : setScale(exact, pattern.maxFraction, mode);
}

const halfUp = (mode: RoundingMode): RoundingMode => (mode === 'HALF_EVEN' || mode === 'HALF_DOWN' ? 'HALF_UP' : mode);

/** The rounding modes depend on the sign, which the rounded digits no longer have. */
function mirrored(mode: RoundingMode): RoundingMode {
  return mode === 'CEILING' ? 'FLOOR' : mode === 'FLOOR' ? 'CEILING' : mode;
}

function withAffixes(format: JavaDecimalFormat, body: string, negative: boolean): string {
  const { pattern } = format;
  return negative
    ? spell(pattern.negativePrefix, format) + body + spell(pattern.negativeSuffix, format)
    : spell(pattern.positivePrefix, format) + body + spell(pattern.positiveSuffix, format);
}

const spell = (affix: Affix, format: JavaDecimalFormat) =>
  affix.map((part) => (typeof part === 'string' ? part : format.symbols[part.symbol])).join('');

/** Significant digits without zeros at either end, and the position of the point before them: 0.DIGITS × 10^point. */
function significant(value: JavaBigDecimal): { digits: string; point: number } {
  if (value.unscaled === 0n) return { digits: '', point: 0 };
  const text = value.unscaled.toString();
  return { digits: withoutTrailingZeros(text), point: text.length - value.scale };
}

function layOut(value: JavaBigDecimal, format: JavaDecimalFormat): string {
  const { digits, point } = significant(value);
  return format.pattern.exponentDigits > 0 ? layOutExponent(digits, point, format) : layOutPlain(digits, point, format);
}

function layOutPlain(digits: string, point: number, format: JavaDecimalFormat): string {
  const { pattern, symbols } = format;
  limitText(Math.abs(point) + pattern.minInteger + pattern.minFraction);
  const count = Math.min(Math.max(pattern.minInteger, point), pattern.maxInteger);
  let whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  whole = whole.slice(Math.max(0, whole.length - count)).padStart(count, '0');
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(digits === '' ? 0 : -point) + digits;
  const shown = fraction.padEnd(pattern.minFraction, '0');
  if (whole === '' && shown === '') whole = '0';
  const grouped = pattern.groupingSize > 0 ? group(whole, pattern.groupingSize, symbols.grouping) : whole;
  return grouped + (shown !== '' || pattern.pointAlways ? symbols.decimal : '') + shown;
}

export function group(digits: string, size: number, separator: string): string {
  const parts: string[] = [];
  const first = digits.length % size;
  if (first > 0) parts.push(digits.slice(0, first));
  for (let at = first; at < digits.length; at += size) parts.push(digits.slice(at, at + size));
  return parts.join(separator);
}

function layOutExponent(digits: string, point: number, format: JavaDecimalFormat): string {
  const { pattern, symbols } = format;
  const repeat = pattern.maxInteger;
  let least = pattern.minInteger;
  let exponent = point;
  if (repeat > 1 && repeat > pattern.minInteger) {
    // Engineering notation: the exponent is a multiple of the integer places.
    exponent = point >= 1 ? Math.trunc((point - 1) / repeat) * repeat : Math.trunc((point - repeat) / repeat) * repeat;
    least = 1;
  } else {
    exponent -= least;
  }
  const whole = digits === '' ? least : point - exponent;
  const total = Math.max(digits.length, pattern.minInteger + pattern.minFraction, whole);
  const padded = digits.padEnd(total, '0');
  const fraction = padded.slice(whole);
  const separator = fraction !== '' || pattern.pointAlways ? symbols.decimal : '';
  const shownExponent = digits === '' ? 0 : exponent;
  const sign = shownExponent < 0 ? symbols.minus : '';
  return `${padded.slice(0, whole)}${separator}${fraction}E${sign}${String(Math.abs(shownExponent)).padStart(pattern.exponentDigits, '0')}`;
}

/** parse(text): as far as a number reaches. A long where the value is one, else a double (or a BigDecimal if asked for). */
export function parseDecimal(format: JavaDecimalFormat, text: string): bigint | number | JavaBigDecimal {
  const { pattern, symbols } = format;
  const negativePrefix = spell(pattern.negativePrefix, format);
  const positivePrefix = spell(pattern.positivePrefix, format);
  const isNegative =
    text.startsWith(negativePrefix) &&
    (negativePrefix.length > positivePrefix.length || !text.startsWith(positivePrefix));
  const prefix = isNegative ? negativePrefix : positivePrefix;
  const unparseable = () => new JavaException('ParseException', `Unparseable number: "${text.slice(0, 80)}"`);
  if (text.startsWith(symbols.nan)) return Number.NaN;
  if (!text.startsWith(prefix)) throw unparseable();
  const rest = text.slice(prefix.length);
  const suffix = spell(isNegative ? pattern.negativeSuffix : pattern.positiveSuffix, format);
  if (rest.startsWith(symbols.infinity + suffix))
    return isNegative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const { digits, length } = readDigits(rest, format);
  if (digits === undefined || !rest.startsWith(suffix, length)) throw unparseable();
  const magnitude = parseBigDecimal(digits);
  const value = new JavaBigDecimal(isNegative ? -magnitude.unscaled : magnitude.unscaled, magnitude.scale);
  if (format.decimals) return value;
  return narrow(value, pattern.multiplier, isNegative);
}

function narrow(value: JavaBigDecimal, multiplier: number, isNegative: boolean): bigint | number {
  const double = bigDecimalToDouble(value) / multiplier;
  if (double === 0 && isNegative) return -0;
  if (!Number.isInteger(double)) return double;
  const isWhole =
    value.scale <= 0
      ? digitCount(value.unscaled) - value.scale < 20
      : setScale(value, 0, 'DOWN').unscaled * 10n ** BigInt(Math.min(value.scale, 400)) === value.unscaled;
  const whole = isWhole && multiplier === 1 ? setScale(value, 0, 'DOWN').unscaled : BigInt(double);
  return whole <= MAX_LONG && whole >= MIN_LONG ? whole : double;
}

function readDigits(text: string, format: JavaDecimalFormat): { digits: string | undefined; length: number } {
  const { pattern, symbols } = format;
  let digits = '';
  let seenPoint = false;
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (/[0-9]/.test(character)) {
      limitDigits(digits.length);
      digits += character;
      end = at + 1;
    } else if (character === symbols.decimal && !seenPoint && !format.integerOnly) {
      seenPoint = true;
      digits += '.';
      end = at + 1;
    } else if (character === symbols.grouping && pattern.groupingSize > 0 && !seenPoint) {
      if (!/[0-9]/.test(text.charAt(at + 1))) break;
    } else if (character === 'E' && /^E-?[0-9]/.test(text.slice(at))) {
      const exponent = /^E(-?[0-9]{1,9})/.exec(text.slice(at));
      digits += `e${exponent?.[1] ?? '0'}`;
      end = at + (exponent?.[0].length ?? 1);
      break;
    } else break;
  }
  return { digits: /[0-9]/.test(digits) ? digits : undefined, length: end };
}
