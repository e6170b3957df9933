import { digitValue } from './digits.ts';
import { illegalArgument, JavaException } from './java-exception.ts';

/** Wrap-around, parsing and text of int (a JavaScript number) and long (a bigint). */

export const MAX_INT = 2147483647;
export const MIN_INT = -2147483648;
export const MAX_LONG = 9223372036854775807n;
export const MIN_LONG = -9223372036854775808n;

export const wrapLong = (value: bigint): bigint => BigInt.asIntN(64, value);

export const longToInt = (value: bigint): number => Number(BigInt.asIntN(32, value));

/** The narrowing conversion (int) of a double: NaN gives 0, what is out of range the nearest int. */
export function doubleToInt(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.max(MIN_INT, Math.min(MAX_INT, value))) + 0;
}

export function doubleToLong(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return MAX_LONG;
  if (value <= -(2 ** 63)) return MIN_LONG;
  return BigInt(Math.trunc(value));
}

const byZero = () => new JavaException('ArithmeticException', '/ by zero');

export const addInt = (a: number, b: number) => (a + b) | 0;
export const subtractInt = (a: number, b: number) => (a - b) | 0;
export const multiplyInt = (a: number, b: number) => Math.imul(a, b);

export function divideInt(a: number, b: number): number {
  if (b === 0) throw byZero();
  return (a / b) | 0;
}

export function remainderInt(a: number, b: number): number {
  if (b === 0) throw byZero();
  return (a % b) | 0;
}

export const addLong = (a: bigint, b: bigint) => wrapLong(a + b);
export const subtractLong = (a: bigint, b: bigint) => wrapLong(a - b);
export const multiplyLong = (a: bigint, b: bigint) => wrapLong(a * b);

export function divideLong(a: bigint, b: bigint): bigint {
  if (b === 0n) throw byZero();
  return wrapLong(a / b);
}

export function remainderLong(a: bigint, b: bigint): bigint {
  if (b === 0n) throw byZero();
  return a % b;
}

const notANumber = (text: string, radix: number) =>
  new JavaException(
    'NumberFormatException',
    `For input string: "${text}"${radix === 10 ? '' : ` under radix ${radix}`}`,
  );

/** Digits with an optional sign, in any radix from 2 to 36, within [min, max]. */
export function parseInteger(text: string | null, radix: number, min: bigint, max: bigint): bigint {
  if (text === null) throw new JavaException('NumberFormatException', 'Cannot parse null string');
  if (radix < 2 || radix > 36) throw new JavaException('NumberFormatException', `radix ${radix} is out of range`);
  const digits = /^[+-]/.test(text) ? text.slice(1) : text;
  if (digits === '' || digits.length > 20_000) throw notANumber(text.slice(0, 80), radix);
  const value = radix === 10 ? decimalDigits(digits) : digitsToBigInt(digits, radix);
  if (value === undefined) throw notANumber(text, radix);
  const signed = text.startsWith('-') ? -value : value;
  if (signed < min || signed > max) throw notANumber(text, radix);
  return signed;
}

function decimalDigits(digits: string): bigint | undefined {
  return /^[0-9]+$/.test(digits) ? BigInt(digits) : digitsToBigInt(digits, 10);
}

function digitsToBigInt(digits: string, radix: number): bigint | undefined {
  let value = 0n;
  const base = BigInt(radix);
  for (const character of digits) {
    const digit = digitValue(character);
    // More than 64 digits cannot fit a long in any radix unless they are zeros.
    if (digit >= radix || value > 1n << 80n) return undefined;
    value = value * base + BigInt(digit);
  }
  return value;
}

export const parseInt32 = (text: string | null, radix = 10) =>
  Number(parseInteger(text, radix, BigInt(MIN_INT), BigInt(MAX_INT)));

export const parseInt64 = (text: string | null, radix = 10) => parseInteger(text, radix, MIN_LONG, MAX_LONG);

/** Integer.decode and similar: `0x`, `#` and a leading `0` set the radix. */
export function decodeInteger(text: string, min: bigint, max: bigint): bigint {
  if (text === '') throw new JavaException('NumberFormatException', 'Zero length string');
  const match = /^([+-]?)(0[xX]|#|0(?=.))?(.*)$/s.exec(text);
  const [, sign = '', prefix = '', digits = ''] = match ?? [];
  if (/^[+-]/.test(digits)) throw new JavaException('NumberFormatException', 'Sign character in wrong position');
  const radix = prefix === '' ? 10 : prefix === '0' ? 8 : 16;
  return parseInteger((sign === '-' ? '-' : '') + digits, radix, min, max);
}

/** Integer.toString(i, radix); an invalid radix means 10. */
export function toRadix(value: number | bigint, radix: number): string {
  return value.toString(radix < 2 || radix > 36 ? 10 : radix);
}

export const unsigned = (value: bigint, bits: 32 | 64) => BigInt.asUintN(bits, value);

export function bitCount(value: bigint, bits: 32 | 64): number {
  return unsigned(value, bits).toString(2).replaceAll('0', '').length;
}

export function leadingZeros(value: bigint, bits: 32 | 64): number {
  const pattern = unsigned(value, bits);
  return pattern === 0n ? bits : bits - pattern.toString(2).length;
}

export function trailingZeros(value: bigint, bits: 32 | 64): number {
  const pattern = unsigned(value, bits);
  return pattern === 0n ? bits : (/0*$/.exec(pattern.toString(2))?.[0].length ?? 0);
}

export function reverseBits(value: bigint, bits: 32 | 64): bigint {
  const reversed = [...unsigned(value, bits).toString(2).padStart(bits, '0')].reverse().join('');
  return BigInt.asIntN(bits, BigInt(`0b${reversed}`));
}

export function reverseBytes(value: bigint, bits: 16 | 32 | 64): bigint {
  const hexadecimal = BigInt.asUintN(bits, value)
    .toString(16)
    .padStart(bits / 4, '0');
  return BigInt.asIntN(bits, BigInt(`0x${(hexadecimal.match(/../g) ?? []).reverse().join('')}`));
}

export function rotateLeft(value: bigint, distance: number, bits: 32 | 64): bigint {
  const shift = BigInt(distance & (bits - 1));
  const pattern = unsigned(value, bits);
  return BigInt.asIntN(bits, (pattern << shift) | (pattern >> (BigInt(bits) - shift)));
}

export function highestOneBit(value: bigint, bits: 32 | 64): bigint {
  const zeros = leadingZeros(value, bits);
  return zeros === bits ? 0n : BigInt.asIntN(bits, 1n << BigInt(bits - 1 - zeros));
}

export function lowestOneBit(value: bigint, bits: 32 | 64): bigint {
  return BigInt.asIntN(bits, value & -value);
}

export function divideUnsigned(a: bigint, b: bigint, bits: 32 | 64): bigint {
  if (b === 0n) throw byZero();
  return BigInt.asIntN(bits, unsigned(a, bits) / unsigned(b, bits));
}

export function remainderUnsigned(a: bigint, b: bigint, bits: 32 | 64): bigint {
  if (b === 0n) throw byZero();
  return BigInt.asIntN(bits, unsigned(a, bits) % unsigned(b, bits));
}

export function parseUnsigned(text: string | null, radix: number, bits: 32 | 64): bigint {
  if (text?.startsWith('-'))
    throw new JavaException(
      'NumberFormatException',
      `Illegal leading minus sign on unsigned string ${text.slice(0, 80)}.`,
    );
  return BigInt.asIntN(bits, parseInteger(text, radix, 0n, (1n << BigInt(bits)) - 1n));
}

/** A slice of a sequence as parseInt(CharSequence, begin, end, radix) takes it. */
export function sliceToParse(text: string, begin: number, end: number): string {
  if (begin < 0 || begin > end || end > text.length)
    throw new JavaException('IndexOutOfBoundsException', 'begin, end or length is out of range');
  if (begin === end) throw illegalArgument('the range to parse is empty');
  return text.slice(begin, end);
}
