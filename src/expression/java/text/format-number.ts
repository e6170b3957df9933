import {
  digitCount,
  exactBigDecimal,
  JavaBigDecimal,
  parseBigDecimal,
  roundTo,
  setScale,
  toPlainString,
} from '../big-decimal.ts';
import { withoutTrailingZeros } from '../digits.ts';
import { doubleToString } from '../double-text.ts';
import { limitText } from '../limits.ts';
import { group } from './decimal-format.ts';
import { formatException, type Specifier } from './format-specifier.ts';
import { symbolsOf } from './number-symbols.ts';

/** %d, %o, %x. */
export function formatInteger(spec: Specifier, value: bigint, bits: number): string {
  if (spec.conversion === 'd') {
    spec.refuse('#');
    const magnitude = (value < 0n ? -value : value).toString();
    return signed(spec, value < 0n, localized(spec, magnitude, value < 0n, 0));
  }
  const radix = spec.conversion === 'x' ? 16 : 8;
  const prefix = spec.has('#') ? (radix === 16 ? '0x' : '0') : '';
  if (bits > 0) {
    spec.refuse('+ (,');
    const digits = BigInt.asUintN(bits, value).toString(radix);
    return prefix + (spec.has('0') ? digits.padStart(spec.width - prefix.length, '0') : digits);
  }
  spec.refuse(',');
  const digits = (value < 0n ? -value : value).toString(radix);
  const around = value < 0n ? (spec.has('(') ? 2 : 1) : spec.has('+') || spec.has(' ') ? 1 : 0;
  return signed(
    spec,
    value < 0n,
    prefix + (spec.has('0') ? digits.padStart(spec.width - prefix.length - around, '0') : digits),
  );
}

/** %e, %f, %g and %a of a double. */
export function formatFloating(spec: Specifier, value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const negative = value < 0 || Object.is(value, -0);
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value)) return signed(spec, negative, 'Infinity');
  if (spec.conversion === 'a') return signed(spec, negative, hexadecimal(spec, magnitude, negative));
  // The original rounds the shortest digits, not the exact value: 1.005 with two places is 1.01.
  const digits = magnitude === 0 ? JavaBigDecimal.ZERO : parseBigDecimal(doubleToString(magnitude));
  return formatMagnitude(spec, digits, negative, true);
}

export function formatBigDecimal(spec: Specifier, value: JavaBigDecimal): string {
  if (spec.conversion === 'a') throw formatException('IllegalFormatConversionException', 'a != java.math.BigDecimal');
  const negative = value.unscaled < 0n;
  const magnitude = new JavaBigDecimal(negative ? -value.unscaled : value.unscaled, value.scale);
  return formatMagnitude(spec, magnitude, negative, false);
}

function formatMagnitude(spec: Specifier, value: JavaBigDecimal, negative: boolean, rounded: boolean): string {
  const precision = spec.precision < 0 ? 6 : spec.precision;
  if (spec.conversion === 'f') return signed(spec, negative, localized(spec, fixed(value, precision), negative, 0));
  if (spec.conversion === 'e') {
    spec.refuse(',');
    return signed(spec, negative, scientific(spec, value, precision, negative));
  }
  spec.refuse('#');
  const places = precision === 0 ? 1 : precision;
  if (value.unscaled === 0n) return signed(spec, negative, localized(spec, fixed(value, places - 1), negative, 0));
  const seen = rounded ? roundTo(value, { precision: places, rounding: 'HALF_UP' }) : value;
  const exponent = digitCount(seen.unscaled) - 1 - seen.scale;
  if (exponent < -4 || exponent >= places) return signed(spec, negative, scientific(spec, value, places - 1, negative));
  return signed(spec, negative, localized(spec, fixed(value, Math.max(0, places - exponent - 1)), negative, 0));
}

function fixed(value: JavaBigDecimal, precision: number): string {
  limitText(precision);
  const rounded = value.scale > precision ? setScale(value, precision, 'HALF_UP') : value;
  const plain = toPlainString(rounded);
  const point = plain.indexOf('.');
  const missing = precision - (point < 0 ? 0 : plain.length - point - 1);
  return missing <= 0 ? plain : plain + (point < 0 ? '.' : '') + '0'.repeat(missing);
}

function scientific(spec: Specifier, value: JavaBigDecimal, precision: number, negative: boolean): string {
  limitText(precision);
  const rounded = roundTo(value, { precision: precision + 1, rounding: 'HALF_UP' });
  const digits = rounded.unscaled.toString();
  const exponent = value.unscaled === 0n ? 0 : digits.length - 1 - rounded.scale;
  const fraction = digits.slice(1).padEnd(precision, '0').slice(0, precision);
  const mantissa = precision === 0 ? digits.slice(0, 1) + (spec.has('#') ? '.' : '') : `${digits[0]}.${fraction}`;
  const tail = `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return localized(spec, mantissa, negative, tail.length) + tail;
}

/** Separators of the locale, grouping, and zeros up to the width (less what follows). */
function localized(spec: Specifier, number: string, negative: boolean, following: number): string {
  const symbols = symbolsOf(spec.locale);
  const [whole = '', fraction] = number.split('.');
  let text = spec.has(',') ? group(whole, 3, symbols.grouping) : whole;
  if (fraction !== undefined) text += symbols.decimal + fraction;
  else if (spec.has('#') && spec.conversion === 'f') text += symbols.decimal;
  if (!spec.has('0')) return text;
  const around = negative ? (spec.has('(') ? 2 : 1) : spec.has('+') || spec.has(' ') ? 1 : 0;
  return text.padStart(spec.width - around - following, '0');
}

function signed(spec: Specifier, negative: boolean, magnitude: string): string {
  if (!negative) return (spec.has('+') ? '+' : spec.has(' ') ? ' ' : '') + magnitude;
  return spec.has('(') ? `(${magnitude})` : `-${magnitude}`;
}

/** %a: the bits of the double. */
function hexadecimal(spec: Specifier, value: number, negative: boolean): string {
  spec.refuse('(,');
  const text = hexText(value, spec.precision);
  if (!spec.has('0')) return text;
  return `0x${text.slice(2).padStart(spec.width - 2 - (negative || spec.has('+') || spec.has(' ') ? 1 : 0), '0')}`;
}

/** Double.toHexString of a positive number; `precision` hexadecimal places, -1 for as many as needed. */
export function hexText(value: number, precision: number): string {
  if (value === 0) return precision > 1 ? `0x0.${'0'.repeat(precision)}p0` : '0x0.0p0';
  const subnormal = value < 2 ** -1022;
  const exponent = subnormal ? -1022 : Math.floor(Math.log2(value));
  const exact = exactBigDecimal(value);
  let power = exponent;
  let mantissa = mantissaBits(exact, power);
  // Math.log2 may be one off next to a power of two.
  if (mantissa >= 1n << 53n) mantissa = mantissaBits(exact, ++power);
  else if (!subnormal && mantissa < 1n << 52n) mantissa = mantissaBits(exact, --power);
  let digits = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, '0');
  let lead = mantissa >> 52n;
  const places = precision === 0 ? 1 : precision;
  if (places > 0 && places < 13) {
    const drop = BigInt(4 * (13 - places));
    const half = 1n << (drop - 1n);
    let kept = mantissa >> drop;
    const rest = mantissa - (kept << drop);
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
    lead = kept >> BigInt(4 * places);
    digits = (kept & ((1n << BigInt(4 * places)) - 1n)).toString(16).padStart(places, '0');
    if (lead > 1n) {
      lead = 1n;
      power++;
    }
  } else {
    digits = withoutTrailingZeros(digits).padEnd(Math.max(1, places), '0');
  }
  return `0x${lead}.${digits}p${power}`;
}

function mantissaBits(value: JavaBigDecimal, exponent: number): bigint {
  const shift = 52 - exponent;
  const scaled = shift >= 0 ? value.unscaled << BigInt(shift) : value.unscaled >> BigInt(-shift);
  return scaled / 10n ** BigInt(value.scale);
}
