import {
  bigDecimalToBigInt,
  bigDecimalToDouble,
  JavaBigDecimal,
  JavaBigInteger,
  parseBigDecimal,
} from '../java/big-decimal.ts';
import * as decimals from '../java/big-decimal-arithmetic.ts';
import { JavaByte, JavaDouble, JavaFloat, JavaShort } from '../java/boxes.ts';
import { doubleToString, floatToString } from '../java/double-text.ts';
import {
  addInt,
  addLong,
  divideInt,
  divideLong,
  doubleToInt,
  doubleToLong,
  MAX_INT,
  multiplyInt,
  multiplyLong,
  remainderInt,
  remainderLong,
  subtractInt,
  subtractLong,
} from '../java/integers.ts';
import { JavaException } from '../java/java-exception.ts';
import { limitDigits } from '../java/limits.ts';
import type { Value } from '../value.ts';

export type JavaNumber =
  | number
  | bigint
  | JavaDouble
  | JavaFloat
  | JavaShort
  | JavaByte
  | JavaBigInteger
  | JavaBigDecimal;

/** Wider kinds win: int, long, BigInteger, float, double, BigDecimal. */
type Width = 0 | 1 | 2 | 3 | 4 | 5;

export function isNumber(value: Value): value is JavaNumber {
  if (typeof value === 'number' || typeof value === 'bigint') return true;
  return typeof value === 'object' && value !== null && widthOfObject(value) !== undefined;
}

function widthOfObject(value: object): Width | undefined {
  if (value instanceof JavaDouble) return 4;
  if (value instanceof JavaBigDecimal) return 5;
  if (value instanceof JavaFloat) return 3;
  if (value instanceof JavaBigInteger) return 2;
  if (value instanceof JavaShort || value instanceof JavaByte) return 0;
  return undefined;
}

function widthOf(value: JavaNumber): Width {
  if (typeof value === 'number') return 0;
  if (typeof value === 'bigint') return 1;
  return widthOfObject(value) ?? 0;
}

/** Number.doubleValue(). */
export function toDouble(value: JavaNumber): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof JavaBigInteger) return Number(value.value);
  if (value instanceof JavaBigDecimal) return bigDecimalToDouble(value);
  return value.value;
}

/** The number cut to a whole one, of any size. */
export function toWhole(value: JavaNumber): bigint {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'bigint') return value;
  if (value instanceof JavaBigInteger) return value.value;
  if (value instanceof JavaBigDecimal) return bigDecimalToBigInt(value);
  if (value instanceof JavaDouble || value instanceof JavaFloat) return doubleToLong(value.value);
  return BigInt(value.value);
}

export function toBigDecimal(value: JavaNumber): JavaBigDecimal {
  if (value instanceof JavaBigDecimal) return value;
  if (typeof value === 'number' || typeof value === 'bigint') return new JavaBigDecimal(BigInt(value), 0);
  if (value instanceof JavaBigInteger) return new JavaBigDecimal(value.value, 0);
  if (value instanceof JavaDouble) return parseBigDecimal(doubleToString(value.value));
  if (value instanceof JavaFloat) return parseBigDecimal(floatToString(value.value));
  return new JavaBigDecimal(BigInt(value.value), 0);
}

const toInt = (value: JavaNumber): number => (typeof value === 'number' ? value : (value as JavaShort).value);

interface Operation {
  readonly int: (a: number, b: number) => number;
  readonly long: (a: bigint, b: bigint) => bigint;
  readonly whole: (a: bigint, b: bigint) => bigint;
  readonly double: (a: number, b: number) => number;
  readonly decimal: (a: JavaBigDecimal, b: JavaBigDecimal) => JavaBigDecimal;
}

function divideWhole(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new JavaException('ArithmeticException', 'BigInteger divide by zero');
  return a / b;
}

function remainderWhole(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new JavaException('ArithmeticException', 'BigInteger divide by zero');
  return a % b;
}

const operations: Readonly<Record<'+' | '-' | '*' | '/' | '%', Operation>> = {
  '+': {
    int: addInt,
    long: addLong,
    whole: (a, b) => a + b,
    double: (a, b) => a + b,
    decimal: (a, b) => decimals.add(a, b),
  },
  '-': {
    int: subtractInt,
    long: subtractLong,
    whole: (a, b) => a - b,
    double: (a, b) => a - b,
    decimal: (a, b) => decimals.subtract(a, b),
  },
  '*': {
    int: multiplyInt,
    long: multiplyLong,
    whole: (a, b) => a * b,
    double: (a, b) => a * b,
    decimal: (a, b) => decimals.multiply(a, b),
  },
  '/': {
    int: divideInt,
    long: divideLong,
    whole: divideWhole,
    double: (a, b) => a / b,
    decimal: (a, b) => decimals.divideToScale(a, b, Math.max(a.scale, b.scale), 'HALF_EVEN'),
  },
  '%': {
    int: remainderInt,
    long: remainderLong,
    whole: remainderWhole,
    double: (a, b) => a % b,
    decimal: (a, b) => decimals.remainder(a, b),
  },
};

export function calculate(operator: '+' | '-' | '*' | '/' | '%', a: JavaNumber, b: JavaNumber): JavaNumber {
  const operation = operations[operator];
  switch (Math.max(widthOf(a), widthOf(b))) {
    case 0:
      return operation.int(toInt(a), toInt(b));
    case 1:
      return operation.long(toWhole(a), toWhole(b));
    case 2: {
      const value = operation.whole(toWhole(a), toWhole(b));
      limitDigits(value.toString(16).length);
      return new JavaBigInteger(value);
    }
    case 3:
      return new JavaFloat(Math.fround(operation.double(Math.fround(toDouble(a)), Math.fround(toDouble(b)))));
    case 4:
      return new JavaDouble(operation.double(toDouble(a), toDouble(b)));
    default:
      return operation.decimal(toBigDecimal(a), toBigDecimal(b));
  }
}

/** `^`: exact for the big kinds; int or long by the size of the result, cut as Java casts a double. */
export function power(a: JavaNumber, b: JavaNumber): JavaNumber {
  if (a instanceof JavaBigDecimal) return decimals.power(a, Number(BigInt.asIntN(32, toWhole(b))));
  if (a instanceof JavaBigInteger) {
    const exponent = BigInt.asIntN(32, toWhole(b));
    if (exponent < 0n) throw new JavaException('ArithmeticException', 'Negative exponent');
    limitDigits(a.value.toString().length * Number(exponent));
    return new JavaBigInteger(a.value ** exponent);
  }
  const result = toDouble(a) ** toDouble(b);
  if ([a, b].some((side) => side instanceof JavaDouble || side instanceof JavaFloat)) return new JavaDouble(result);
  if (typeof a === 'bigint' || typeof b === 'bigint' || result > MAX_INT) return doubleToLong(result);
  return doubleToInt(result);
}

export function negate(value: JavaNumber): JavaNumber {
  if (typeof value === 'number') return -value | 0;
  if (typeof value === 'bigint') return BigInt.asIntN(64, -value);
  if (value instanceof JavaDouble) return new JavaDouble(-value.value);
  if (value instanceof JavaFloat) return new JavaFloat(-value.value);
  if (value instanceof JavaBigInteger) return new JavaBigInteger(-value.value);
  if (value instanceof JavaBigDecimal) return new JavaBigDecimal(-value.unscaled, value.scale);
  return -value.value | 0;
}

/** Negative, zero or positive; NaN if a side is NaN. */
export function compareNumbers(a: JavaNumber, b: JavaNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  switch (Math.max(widthOf(a), widthOf(b))) {
    case 5:
      return decimals.compare(toBigDecimal(a), toBigDecimal(b));
    case 4:
    case 3: {
      const left = toDouble(a);
      const right = toDouble(b);
      return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number.NaN;
    }
    default: {
      const left = toWhole(a);
      const right = toWhole(b);
      return left < right ? -1 : left > right ? 1 : 0;
    }
  }
}
