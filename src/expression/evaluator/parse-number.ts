import { parseBigDecimal } from '../java/big-decimal.ts';
import { parseDouble, parseFloat32 } from '../java/double-parse.ts';
import { parseInteger } from '../java/integers.ts';
import { EvaluationFailure, JavaBigInteger, JavaByte, JavaDouble, JavaFloat, JavaShort, type Value } from '../value.ts';

const limits: Readonly<Record<string, bigint>> = {
  'java.lang.Integer': 1n << 31n,
  'java.lang.Long': 1n << 63n,
  'java.lang.Short': 1n << 15n,
  'java.lang.Byte': 1n << 7n,
};

const HEX = /^-?(?:0[xX]|#)[0-9A-Fa-f]+$/;

/** A text as a number of a type, as Spring's NumberUtils reads it: blanks trimmed, `0x` and `#` for hexadecimal. */
export function parseNumber(text: string, type: string): Value {
  const trimmed = text.replace(/\s/g, '');
  if (trimmed === '') throw new EvaluationFailure('an empty text is not a number');
  if (trimmed.length > 1000) throw new EvaluationFailure('the text is too long for a number');
  const limit = Object.hasOwn(limits, type) ? limits[type] : undefined;
  if (limit !== undefined || type === 'java.math.BigInteger') return whole(trimmed, type, limit ?? 1n << 4000n);
  if (type === 'java.lang.Double') return new JavaDouble(parseDouble(trimmed));
  if (type === 'java.lang.Float') return new JavaFloat(parseFloat32(trimmed));
  return parseBigDecimal(trimmed);
}

function whole(text: string, type: string, limit: bigint): Value {
  const value = HEX.test(text) ? fromHex(text) : parseInteger(text, 10, -limit, limit - 1n);
  if (value < -limit || value >= limit) throw new EvaluationFailure('the number does not fit its type');
  switch (type) {
    case 'java.lang.Integer':
      return Number(value);
    case 'java.lang.Short':
      return new JavaShort(Number(value));
    case 'java.lang.Byte':
      return new JavaByte(Number(value));
    case 'java.lang.Long':
      return value;
    default:
      return new JavaBigInteger(value);
  }
}

function fromHex(text: string): bigint {
  const digits = BigInt(`0x${text.replace(/^-?(?:0[xX]|#)/, '')}`);
  return text.startsWith('-') ? -digits : digits;
}
