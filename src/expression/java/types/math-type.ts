import { JavaDouble } from '../boxes.ts';
import { defineType, type JavaEnvironment } from '../descriptor.ts';
import { MIN_INT, MIN_LONG, wrapLong } from '../integers.ts';
import { JavaException } from '../java-exception.ts';
import * as math from '../math.ts';

/** The exact variants of the smallest number have a message of their own. */
function absExactInt(value: number): number {
  if (value === MIN_INT)
    throw new JavaException('ArithmeticException', 'Overflow to represent absolute value of Integer.MIN_VALUE');
  return Math.abs(value);
}

function absExactLong(value: bigint): bigint {
  if (value === MIN_LONG)
    throw new JavaException('ArithmeticException', 'Overflow to represent absolute value of Long.MIN_VALUE');
  return value < 0n ? -value : value;
}

const { exactInt, exactLong } = math;

const max = (a: bigint, b: bigint) => (a > b ? a : b);
const min = (a: bigint, b: bigint) => (a < b ? a : b);

export const MATH = defineType('java.lang.Math', {
  constants: { E: new JavaDouble(Math.E), PI: new JavaDouble(Math.PI) },
  statics: {
    'abs(int):int': (a: number) => Math.abs(a) | 0,
    'abs(long):long': (a: bigint) => wrapLong(a < 0n ? -a : a),
    'abs(float):float': (a: number) => Math.abs(a),
    'abs(double):double': (a: number) => Math.abs(a),
    'absExact(int):int': absExactInt,
    'absExact(long):long': absExactLong,
    'max(int,int):int': (a: number, b: number) => Math.max(a, b),
    'max(long,long):long': max,
    'max(float,float):float': (a: number, b: number) => Math.max(a, b),
    'max(double,double):double': (a: number, b: number) => Math.max(a, b),
    'min(int,int):int': (a: number, b: number) => Math.min(a, b),
    'min(long,long):long': min,
    'min(float,float):float': (a: number, b: number) => Math.min(a, b),
    'min(double,double):double': (a: number, b: number) => Math.min(a, b),
    'addExact(int,int):int': (a: number, b: number) => exactInt(a + b),
    'addExact(long,long):long': (a: bigint, b: bigint) => exactLong(a + b),
    'subtractExact(int,int):int': (a: number, b: number) => exactInt(a - b),
    'subtractExact(long,long):long': (a: bigint, b: bigint) => exactLong(a - b),
    'multiplyExact(int,int):int': (a: number, b: number) => exactInt(a * b),
    'multiplyExact(long,int):long': (a: bigint, b: number) => exactLong(a * BigInt(b)),
    'multiplyExact(long,long):long': (a: bigint, b: bigint) => exactLong(a * b),
    'incrementExact(int):int': (a: number) => exactInt(a + 1),
    'incrementExact(long):long': (a: bigint) => exactLong(a + 1n),
    'decrementExact(int):int': (a: number) => exactInt(a - 1),
    'decrementExact(long):long': (a: bigint) => exactLong(a - 1n),
    'negateExact(int):int': (a: number) => exactInt(-a),
    'negateExact(long):long': (a: bigint) => exactLong(-a),
    'toIntExact(long):int': (a: bigint) => exactInt(Number(a)),
    'multiplyFull(int,int):long': (a: number, b: number) => BigInt(a) * BigInt(b),
    'multiplyHigh(long,long):long': (a: bigint, b: bigint) => (a * b) >> 64n,
    'floorDiv(int,int):int': (a: number, b: number) =>
      Number(BigInt.asIntN(32, math.floorDivide(BigInt(a), BigInt(b)))),
    'floorDiv(long,int):long': (a: bigint, b: number) => math.floorDivide(a, BigInt(b)),
    'floorDiv(long,long):long': math.floorDivide,
    'floorMod(int,int):int': (a: number, b: number) => Number(math.floorModulo(BigInt(a), BigInt(b))),
    'floorMod(long,int):int': (a: bigint, b: number) => Number(math.floorModulo(a, BigInt(b))),
    'floorMod(long,long):long': math.floorModulo,
    'round(float):int': math.roundToInt,
    'round(double):long': math.roundToLong,
    'rint(double):double': math.rint,
    'floor(double):double': (a: number) => Math.floor(a),
    'ceil(double):double': (a: number) => Math.ceil(a),
    'sqrt(double):double': (a: number) => Math.sqrt(a),
    'cbrt(double):double': (a: number) => Math.cbrt(a),
    'pow(double,double):double': (a: number, b: number) => a ** b,
    'exp(double):double': (a: number) => Math.exp(a),
    'expm1(double):double': (a: number) => Math.expm1(a),
    'log(double):double': (a: number) => Math.log(a),
    'log10(double):double': (a: number) => Math.log10(a),
    'log1p(double):double': (a: number) => Math.log1p(a),
    'sin(double):double': (a: number) => Math.sin(a),
    'cos(double):double': (a: number) => Math.cos(a),
    'tan(double):double': (a: number) => Math.tan(a),
    'asin(double):double': (a: number) => Math.asin(a),
    'acos(double):double': (a: number) => Math.acos(a),
    'atan(double):double': (a: number) => Math.atan(a),
    'atan2(double,double):double': (a: number, b: number) => Math.atan2(a, b),
    'sinh(double):double': (a: number) => Math.sinh(a),
    'cosh(double):double': (a: number) => Math.cosh(a),
    'tanh(double):double': (a: number) => Math.tanh(a),
    'hypot(double,double):double': (a: number, b: number) => Math.hypot(a, b),
    'IEEEremainder(double,double):double': math.ieeeRemainder,
    'fma(double,double,double):double': math.fusedMultiplyAdd,
    'fma(float,float,float):float': math.fusedMultiplyAdd,
    'signum(double):double': (a: number) => Math.sign(a),
    'signum(float):float': (a: number) => Math.sign(a),
    'copySign(double,double):double': math.copySign,
    'copySign(float,float):float': math.copySign,
    'toDegrees(double):double': math.toDegrees,
    'toRadians(double):double': math.toRadians,
    'getExponent(double):int': math.exponentOf,
    'getExponent(float):int': math.floatExponentOf,
    'scalb(double,int):double': math.timesPowerOfTwo,
    'scalb(float,int):float': math.timesPowerOfTwo,
    'ulp(double):double': (a: number) => math.unitInLastPlace(a, false),
    'ulp(float):float': (a: number) => math.unitInLastPlace(a, true),
    'nextAfter(double,double):double': (a: number, b: number) => math.nextAfter(a, b, false),
    'nextAfter(float,double):float': (a: number, b: number) => math.nextAfter(a, b, true),
    'nextUp(double):double': (a: number) => math.nextUp(a, false),
    'nextUp(float):float': (a: number) => math.nextUp(a, true),
    'nextDown(double):double': (a: number) => math.nextDown(a, false),
    'nextDown(float):float': (a: number) => math.nextDown(a, true),
    '@random():double': (environment: JavaEnvironment) => environment.random(),
  },
});
