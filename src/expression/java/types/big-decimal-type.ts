import {
  bigDecimalToBigInt,
  bigDecimalToDouble,
  exactBigDecimal,
  JavaBigDecimal,
  JavaBigInteger,
  type MathContext,
  parseBigDecimal,
  roundTo,
  setScale,
  stripZeros,
  toEngineeringString,
  toPlainString,
} from '../big-decimal.ts';
import * as arithmetic from '../big-decimal-arithmetic.ts';
import { defineType } from '../descriptor.ts';
import { parseFloat32 } from '../double-parse.ts';
import { doubleToString } from '../double-text.ts';
import { MAX_INT, MAX_LONG, MIN_INT, MIN_LONG } from '../integers.ts';
import type { JavaEnum } from '../java-enum.ts';
import { illegalArgument, JavaException, nullPointer } from '../java-exception.ts';
import { MAX_DIGITS } from '../limits.ts';
import type { Meter } from '../meter.ts';
import { JAVA_TEXT } from '../object.ts';
import { ROUNDING_MODES, type RoundingMode } from '../rounding.ts';

type Decimal = JavaBigDecimal;

/** java.math.MathContext, of which only the constants can be had. */
export class JavaMathContext implements MathContext {
  readonly precision: number;
  readonly rounding: RoundingMode;

  constructor(precision: number, rounding: RoundingMode) {
    this.precision = precision;
    this.rounding = rounding;
  }

  [JAVA_TEXT](): string {
    return `precision=${this.precision} roundingMode=${this.rounding}`;
  }
}

const modeOf = (value: JavaEnum | null): RoundingMode => {
  const mode = ROUNDING_MODES[value?.ordinal ?? -1];
  if (mode === undefined) throw nullPointer('the rounding mode is null');
  return mode;
};

/** The old integer constants. */
function modeOfNumber(value: number): RoundingMode {
  const mode = ROUNDING_MODES[value];
  if (mode === undefined) throw illegalArgument('Invalid rounding mode');
  return mode;
}

/** BigDecimal.valueOf(double): the digits that Double.toString shows. */
function valueOfDouble(value: number): Decimal {
  if (!Number.isFinite(value)) throw new JavaException('NumberFormatException', 'Infinite or NaN');
  return parseBigDecimal(doubleToString(value));
}

function exactWithin(value: Decimal, min: bigint, max: bigint): bigint {
  if (value.unscaled !== 0n && value.precision - value.scale > 40)
    throw new JavaException('ArithmeticException', 'Overflow');
  const whole = setScale(value, 0, 'UNNECESSARY').unscaled;
  if (whole < min || whole > max) throw new JavaException('ArithmeticException', 'Overflow');
  return whole;
}

const hugeToZero = (value: Decimal, bits: number) =>
  // Multiples of 10^bits are multiples of 2^bits: nothing of them is left.
  value.scale <= -bits ? 0n : BigInt.asIntN(bits, bigDecimalToBigInt(value));

const movePoint = (value: Decimal, by: number) => {
  if (by === 0) return value;
  const moved = new JavaBigDecimal(value.unscaled, value.scale + by);
  return moved.scale < 0 ? setScale(moved, 0, 'UNNECESSARY') : moved;
};

/** Machine words of the digits. */
const wordsOf = (value: Decimal) => value.unscaled.toString(16).length >> 4;

const within = (value: Decimal, context: MathContext) => roundTo(value, context);

export const BIG_DECIMAL = defineType('java.math.BigDecimal', {
  supertypes: ['Number', 'Comparable'],
  constants: {
    ZERO: JavaBigDecimal.ZERO,
    ONE: JavaBigDecimal.ONE,
    TEN: JavaBigDecimal.TEN,
    ...Object.fromEntries(ROUNDING_MODES.map((mode, index) => [`ROUND_${mode}`, index])),
  },
  // In the order in which the original tries them: the last one that an argument can be converted to wins.
  constructors: {
    '(BigInteger)': (value: JavaBigInteger) => new JavaBigDecimal(value.value, 0),
    '(long)': (value: bigint) => new JavaBigDecimal(value, 0),
    '(double)': exactBigDecimal,
    '(int)': (value: number) => new JavaBigDecimal(BigInt(value), 0),
    '(String)': parseBigDecimal,
    '(char[])': (codes: readonly number[]) => parseBigDecimal(String.fromCharCode(...codes.slice(0, MAX_DIGITS))),
    '(BigInteger,MathContext)': (value: JavaBigInteger, context: MathContext) =>
      within(new JavaBigDecimal(value.value, 0), context),
    '(double,MathContext)': (value: number, context: MathContext) => within(exactBigDecimal(value), context),
    '(int,MathContext)': (value: number, context: MathContext) => within(new JavaBigDecimal(BigInt(value), 0), context),
    '(BigInteger,int)': (value: JavaBigInteger, scale: number) => new JavaBigDecimal(value.value, scale),
    '(long,MathContext)': (value: bigint, context: MathContext) => within(new JavaBigDecimal(value, 0), context),
    '(String,MathContext)': (text: string, context: MathContext) => within(parseBigDecimal(text), context),
    '(BigInteger,int,MathContext)': (value: JavaBigInteger, scale: number, context: MathContext) =>
      within(new JavaBigDecimal(value.value, scale), context),
  },
  statics: {
    'valueOf(long)': (value: bigint) => new JavaBigDecimal(value, 0),
    'valueOf(long,int)': (value: bigint, scale: number) => new JavaBigDecimal(value, scale),
    'valueOf(double)': valueOfDouble,
  },
  methods: {
    'add(BigDecimal)': (a: Decimal, b: Decimal) => arithmetic.add(a, b),
    'add(BigDecimal,MathContext)': arithmetic.add,
    'subtract(BigDecimal)': (a: Decimal, b: Decimal) => arithmetic.subtract(a, b),
    'subtract(BigDecimal,MathContext)': arithmetic.subtract,
    'multiply(BigDecimal)': (a: Decimal, b: Decimal) => arithmetic.multiply(a, b),
    'multiply(BigDecimal,MathContext)': arithmetic.multiply,
    '@divide(BigDecimal)': (meter: Meter, a: Decimal, b: Decimal) => {
      // The greatest common divisor takes the product of the lengths.
      meter.step((wordsOf(a) * wordsOf(b)) >> 3);
      return arithmetic.divideExact(a, b);
    },
    'divide(BigDecimal,MathContext)': arithmetic.divide,
    'divide(BigDecimal,int,RoundingMode)': (a: Decimal, b: Decimal, scale: number, mode: JavaEnum) =>
      arithmetic.divideToScale(a, b, scale, modeOf(mode)),
    'divide(BigDecimal,int,int)': (a: Decimal, b: Decimal, scale: number, mode: number) =>
      arithmetic.divideToScale(a, b, scale, modeOfNumber(mode)),
    'divide(BigDecimal,RoundingMode)': (a: Decimal, b: Decimal, mode: JavaEnum) =>
      arithmetic.divideToScale(a, b, a.scale, modeOf(mode)),
    'divide(BigDecimal,int)': (a: Decimal, b: Decimal, mode: number) =>
      arithmetic.divideToScale(a, b, a.scale, modeOfNumber(mode)),
    'divideToIntegralValue(BigDecimal)': (a: Decimal, b: Decimal) => arithmetic.divideToIntegral(a, b),
    'divideToIntegralValue(BigDecimal,MathContext)': arithmetic.divideToIntegral,
    'remainder(BigDecimal)': (a: Decimal, b: Decimal) => arithmetic.remainder(a, b),
    'remainder(BigDecimal,MathContext)': arithmetic.remainder,
    'divideAndRemainder(BigDecimal):BigDecimal[]': (a: Decimal, b: Decimal) => [
      arithmetic.divideToIntegral(a, b),
      arithmetic.remainder(a, b),
    ],
    'divideAndRemainder(BigDecimal,MathContext):BigDecimal[]': (a: Decimal, b: Decimal, context: MathContext) => [
      arithmetic.divideToIntegral(a, b, context),
      arithmetic.remainder(a, b, context),
    ],
    'sqrt(MathContext)': arithmetic.squareRoot,
    'pow(int)': arithmetic.power,
    'pow(int,MathContext)': arithmetic.powerWithin,
    'abs()': arithmetic.absolute,
    'abs(MathContext)': (a: Decimal, context: MathContext) => within(arithmetic.absolute(a), context),
    'negate()': arithmetic.negate,
    'negate(MathContext)': (a: Decimal, context: MathContext) => within(arithmetic.negate(a), context),
    'plus()': (a: Decimal) => a,
    'plus(MathContext)': within,
    'round(MathContext)': within,
    'signum():int': (a: Decimal) => a.signum,
    'scale():int': (a: Decimal) => a.scale,
    'precision():int': (a: Decimal) => a.precision,
    'unscaledValue()': (a: Decimal) => new JavaBigInteger(a.unscaled),
    'setScale(int)': (a: Decimal, scale: number) => setScale(a, scale, 'UNNECESSARY'),
    'setScale(int,RoundingMode)': (a: Decimal, scale: number, mode: JavaEnum) => setScale(a, scale, modeOf(mode)),
    'setScale(int,int)': (a: Decimal, scale: number, mode: number) => setScale(a, scale, modeOfNumber(mode)),
    'movePointLeft(int)': (a: Decimal, by: number) => movePoint(a, by),
    'movePointRight(int)': (a: Decimal, by: number) => movePoint(a, -by),
    'scaleByPowerOfTen(int)': (a: Decimal, by: number) => new JavaBigDecimal(a.unscaled, a.scale - by),
    'stripTrailingZeros()': (a: Decimal) =>
      a.unscaled === 0n ? JavaBigDecimal.ZERO : stripZeros(a, Number.MIN_SAFE_INTEGER),
    'compareTo(BigDecimal):int': arithmetic.compare,
    'max(BigDecimal)': (a: Decimal, b: Decimal) => (arithmetic.compare(a, b) >= 0 ? a : b),
    'min(BigDecimal)': (a: Decimal, b: Decimal) => (arithmetic.compare(a, b) <= 0 ? a : b),
    'ulp()': (a: Decimal) => new JavaBigDecimal(1n, a.scale),
    'toEngineeringString():String': toEngineeringString,
    'toPlainString():String': toPlainString,
    'toBigInteger()': (a: Decimal) => new JavaBigInteger(bigDecimalToBigInt(a)),
    'toBigIntegerExact()': (a: Decimal) => new JavaBigInteger(setScale(a, 0, 'UNNECESSARY').unscaled),
    'intValue():int': (a: Decimal) => Number(hugeToZero(a, 32)),
    'longValue():long': (a: Decimal) => hugeToZero(a, 64),
    'intValueExact():int': (a: Decimal) => Number(exactWithin(a, BigInt(MIN_INT), BigInt(MAX_INT))),
    'longValueExact():long': (a: Decimal) => exactWithin(a, MIN_LONG, MAX_LONG),
    'shortValueExact():short': (a: Decimal) => Number(exactWithin(a, -32768n, 32767n)),
    'byteValueExact():byte': (a: Decimal) => Number(exactWithin(a, -128n, 127n)),
    'floatValue():float': (a: Decimal) => parseFloat32(`${a.unscaled}e${-a.scale}`),
    'doubleValue():double': bigDecimalToDouble,
  },
});

export const MATH_CONTEXT = defineType('java.math.MathContext', {
  constants: {
    UNLIMITED: new JavaMathContext(0, 'HALF_UP'),
    DECIMAL32: new JavaMathContext(7, 'HALF_EVEN'),
    DECIMAL64: new JavaMathContext(16, 'HALF_EVEN'),
    DECIMAL128: new JavaMathContext(34, 'HALF_EVEN'),
  },
  properties: { 'precision:int': (context: MathContext) => context.precision },
});

/** None of its methods is allowed, but what reads as a property is. */
export const BIG_INTEGER = defineType('java.math.BigInteger', {
  supertypes: ['Number', 'Comparable'],
  constants: {
    ZERO: new JavaBigInteger(0n),
    ONE: new JavaBigInteger(1n),
    TWO: new JavaBigInteger(2n),
    TEN: new JavaBigInteger(10n),
  },
});
