import { JavaException } from './java-exception.ts';
import { limitDigits } from './limits.ts';

// Linear: no two parts beside each other match the same digits.
const DECIMAL = /^([+-]?)(NaN|Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)[fFdD]?$/;

/** Double.parseDouble: surrounding blanks, a type suffix and hexadecimal fractions are allowed. */
export function parseDouble(text: string): number {
  return parseFloating(text, false);
}

/** Float.parseFloat: rounded once, from the text to the float. */
export function parseFloat32(text: string): number {
  return parseFloating(text, true);
}

function parseFloating(text: string, single: boolean): number {
  const trimmed = trimBlanks(text);
  if (trimmed === '') throw new JavaException('NumberFormatException', 'empty String');
  limitDigits(trimmed.length);
  const decimal = DECIMAL.exec(trimmed);
  if (decimal !== null) {
    const [, sign, body = ''] = decimal;
    const digits = body === 'NaN' || body === 'Infinity' ? body : body.replace(/[fFdD]$/, '');
    const magnitude = single ? roundToFloat(digits) : Number(digits);
    return sign === '-' ? -magnitude : magnitude;
  }
  const hexadecimal = HEXADECIMAL.exec(trimmed);
  if (hexadecimal !== null) return fromHexadecimal(hexadecimal, single);
  throw new JavaException('NumberFormatException', `For input string: "${text}"`);
}

/** Java trims everything up to and including the space; JavaScript's trim takes other characters. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(start, end);
}

/** The double may be exactly between two floats although the text is not: then the digits decide. */
function roundToFloat(digits: string): number {
  const double = Number(digits);
  const near = Math.fround(double);
  if (near === double || !Number.isFinite(double)) return near;
  const other = neighbour(near, double > near);
  if (double - near !== other - double) return near;
  const exact = compareToDouble(digits, double);
  if (exact === 0) return near;
  return exact > 0 === other > near ? other : near;
}

function neighbour(value: number, up: boolean): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + (up ? 1 : -1));
  return view.getFloat32(0);
}

/** Sign of (decimal text − double), for positive numbers and exactly. */
function compareToDouble(digits: string, double: number): number {
  const [mantissa = '', exponent = '0'] = digits.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const power = Number(exponent) - fraction.length;
  let left = BigInt(whole + fraction);
  let scale = 0;
  let right = double;
  while (!Number.isInteger(right)) {
    right *= 2;
    scale++;
  }
  let other = BigInt(right);
  left <<= BigInt(scale);
  if (power >= 0) left *= 10n ** BigInt(power);
  else other *= 10n ** BigInt(-power);
  return left > other ? 1 : left < other ? -1 : 0;
}

function fromHexadecimal(match: RegExpExecArray, single: boolean): number {
  const [text = '', sign, whole = '', fraction = '', power = '0'] = match;
  if (whole + fraction === '') throw new JavaException('NumberFormatException', `For input string: "${text}"`);
  const mantissa = (whole + fraction).replace(/^0+/, '');
  const exponent = Number(power) - 4 * fraction.length;
  const magnitude = scaleBits(mantissa === '' ? 0n : BigInt(`0x${mantissa}`), exponent, single);
  return sign === '-' ? -magnitude : magnitude;
}

/** mantissa × 2^exponent, rounded once to a double or float, half to even. */
function scaleBits(mantissa: bigint, exponent: number, single: boolean): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  const top = bits + exponent - 1;
  if (top > 1100) return Number.POSITIVE_INFINITY;
  if (top < -1200) return 0;
  const [precision, lowest] = single ? [24, -149] : [53, -1074];
  const drop = Math.max(bits - precision, lowest - exponent);
  if (drop <= 0) return finish(Number(mantissa), exponent, single);
  const shift = BigInt(drop);
  let kept = mantissa >> shift;
  const rest = mantissa - (kept << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
  return finish(Number(kept), exponent + drop, single);
}

function finish(mantissa: number, exponent: number, single: boolean): number {
  // Two steps: 2^exponent alone may lie outside the doubles where the product does not.
  const half = Math.trunc(exponent / 2);
  const value = mantissa * 2 ** half * 2 ** (exponent - half);
  return single ? Math.fround(value) : value;
}
