import { JavaByte, JavaShort } from '../boxes.ts';
import { defineType, type Handlers } from '../descriptor.ts';
import * as integers from '../integers.ts';
import { JavaException } from '../java-exception.ts';

const compare = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** The conversions that every number has. */
function conversions(toBigInt: (value: never) => bigint): Handlers {
  const wide = toBigInt as unknown as (value: number | bigint) => bigint;
  return {
    'byteValue():byte': (a: number | bigint) => Number(BigInt.asIntN(8, wide(a))),
    'shortValue():short': (a: number | bigint) => Number(BigInt.asIntN(16, wide(a))),
    'intValue():int': (a: number | bigint) => Number(BigInt.asIntN(32, wide(a))),
    'longValue():long': wide,
    'floatValue():float': (a: number | bigint) => bigIntToFloat(wide(a)),
    'doubleValue():double': (a: number | bigint) => Number(a),
  };
}

/** A long is rounded to a float once, not by way of a double. */
function bigIntToFloat(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const bits = magnitude.toString(2).length;
  if (bits <= 53) return Math.fround(Number(value));
  // 53 bits with a sticky last one round as the whole number does.
  const shift = BigInt(bits - 53);
  const top = magnitude >> shift;
  const sticky = top << shift === magnitude ? top : top | 1n;
  return Math.fround((value < 0n ? -1 : 1) * Number(sticky) * 2 ** Number(shift));
}

const toInt = (value: bigint) => Number(value);
const wide = (value: number) => BigInt(value);
const { parseInteger, parseInt32, parseInt64, parseUnsigned, sliceToParse, toRadix, unsigned } = integers;

export const INTEGER = defineType('java.lang.Integer', {
  supertypes: ['Number', 'Comparable'],
  constants: { MAX_VALUE: integers.MAX_INT, MIN_VALUE: integers.MIN_INT, SIZE: 32, BYTES: 4 },
  constructors: { '(String):int': (text: string | null) => parseInt32(text), '(int):int': (a: number) => a },
  methods: {
    ...conversions(wide),
    'compareTo(Integer):int': compare,
  },
  statics: {
    'parseInt(String):int': (text: string | null) => parseInt32(text),
    'parseInt(String,int):int': parseInt32,
    'parseInt(CharSequence,int,int,int):int': (text: string, from: number, to: number, radix: number) =>
      parseInt32(sliceToParse(text, from, to), radix),
    'parseUnsignedInt(String):int': (text: string | null) => toInt(parseUnsigned(text, 10, 32)),
    'parseUnsignedInt(String,int):int': (text: string | null, radix: number) => toInt(parseUnsigned(text, radix, 32)),
    'parseUnsignedInt(CharSequence,int,int,int):int': (text: string, from: number, to: number, radix: number) =>
      toInt(parseUnsigned(sliceToParse(text, from, to), radix, 32)),
    'valueOf(int):int': (a: number) => a,
    'valueOf(String):int': (text: string | null) => parseInt32(text),
    'valueOf(String,int):int': parseInt32,
    'decode(String):int': (text: string) =>
      toInt(integers.decodeInteger(text, BigInt(integers.MIN_INT), BigInt(integers.MAX_INT))),
    'toString(int):String': String,
    'toString(int,int):String': toRadix,
    'toHexString(int):String': (a: number) => (a >>> 0).toString(16),
    'toOctalString(int):String': (a: number) => (a >>> 0).toString(8),
    'toBinaryString(int):String': (a: number) => (a >>> 0).toString(2),
    'toUnsignedString(int):String': (a: number) => String(a >>> 0),
    'toUnsignedString(int,int):String': (a: number, radix: number) => toRadix(a >>> 0, radix),
    'toUnsignedLong(int):long': (a: number) => BigInt(a >>> 0),
    'hashCode(int):int': (a: number) => a,
    'compare(int,int):int': compare,
    'compareUnsigned(int,int):int': (a: number, b: number) => compare(a >>> 0, b >>> 0),
    'divideUnsigned(int,int):int': (a: number, b: number) => toInt(integers.divideUnsigned(wide(a), wide(b), 32)),
    'remainderUnsigned(int,int):int': (a: number, b: number) => toInt(integers.remainderUnsigned(wide(a), wide(b), 32)),
    'max(int,int):int': (a: number, b: number) => Math.max(a, b),
    'min(int,int):int': (a: number, b: number) => Math.min(a, b),
    'sum(int,int):int': integers.addInt,
    'signum(int):int': (a: number) => Math.sign(a),
    'bitCount(int):int': (a: number) => integers.bitCount(wide(a), 32),
    'reverse(int):int': (a: number) => toInt(integers.reverseBits(wide(a), 32)),
    'reverseBytes(int):int': (a: number) => toInt(integers.reverseBytes(wide(a), 32)),
    'rotateLeft(int,int):int': (a: number, by: number) => toInt(integers.rotateLeft(wide(a), by, 32)),
    'rotateRight(int,int):int': (a: number, by: number) => toInt(integers.rotateLeft(wide(a), -by, 32)),
    'highestOneBit(int):int': (a: number) => toInt(integers.highestOneBit(wide(a), 32)),
    'lowestOneBit(int):int': (a: number) => toInt(integers.lowestOneBit(wide(a), 32)),
    'numberOfLeadingZeros(int):int': (a: number) => Math.clz32(a),
    'numberOfTrailingZeros(int):int': (a: number) => integers.trailingZeros(wide(a), 32),
    // System properties: nothing of the process is exposed.
    'getInteger(String):int': () => null,
    'getInteger(String,int):int': (_name: string, otherwise: number) => otherwise,
    'getInteger(String,Integer):int': (_name: string, otherwise: number | null) => otherwise,
  },
});

export const LONG = defineType('java.lang.Long', {
  supertypes: ['Number', 'Comparable'],
  constants: { MAX_VALUE: integers.MAX_LONG, MIN_VALUE: integers.MIN_LONG, SIZE: 64, BYTES: 8 },
  constructors: { '(String):long': (text: string | null) => parseInt64(text), '(long):long': (a: bigint) => a },
  methods: {
    ...conversions((value: bigint) => value),
    'compareTo(Long):int': compare,
  },
  statics: {
    'parseLong(String):long': (text: string | null) => parseInt64(text),
    'parseLong(String,int):long': parseInt64,
    'parseLong(CharSequence,int,int,int):long': (text: string, from: number, to: number, radix: number) =>
      parseInt64(sliceToParse(text, from, to), radix),
    'parseUnsignedLong(String):long': (text: string | null) => parseUnsigned(text, 10, 64),
    'parseUnsignedLong(String,int):long': (text: string | null, radix: number) => parseUnsigned(text, radix, 64),
    'parseUnsignedLong(CharSequence,int,int,int):long': (text: string, from: number, to: number, radix: number) =>
      parseUnsigned(sliceToParse(text, from, to), radix, 64),
    'valueOf(long):long': (a: bigint) => a,
    'valueOf(String):long': (text: string | null) => parseInt64(text),
    'valueOf(String,int):long': parseInt64,
    'decode(String):long': (text: string) => integers.decodeInteger(text, integers.MIN_LONG, integers.MAX_LONG),
    'toString(long):String': String,
    'toString(long,int):String': toRadix,
    'toHexString(long):String': (a: bigint) => unsigned(a, 64).toString(16),
    'toOctalString(long):String': (a: bigint) => unsigned(a, 64).toString(8),
    'toBinaryString(long):String': (a: bigint) => unsigned(a, 64).toString(2),
    'toUnsignedString(long):String': (a: bigint) => unsigned(a, 64).toString(),
    'toUnsignedString(long,int):String': (a: bigint, radix: number) => toRadix(unsigned(a, 64), radix),
    'hashCode(long):int': (a: bigint) => Number(BigInt.asIntN(32, a ^ (unsigned(a, 64) >> 32n))),
    'compare(long,long):int': compare,
    'compareUnsigned(long,long):int': (a: bigint, b: bigint) => compare(unsigned(a, 64), unsigned(b, 64)),
    'divideUnsigned(long,long):long': (a: bigint, b: bigint) => integers.divideUnsigned(a, b, 64),
    'remainderUnsigned(long,long):long': (a: bigint, b: bigint) => integers.remainderUnsigned(a, b, 64),
    'max(long,long):long': (a: bigint, b: bigint) => (a > b ? a : b),
    'min(long,long):long': (a: bigint, b: bigint) => (a < b ? a : b),
    'sum(long,long):long': integers.addLong,
    'signum(long):int': (a: bigint) => compare(a, 0n),
    'bitCount(long):int': (a: bigint) => integers.bitCount(a, 64),
    'reverse(long):long': (a: bigint) => integers.reverseBits(a, 64),
    'reverseBytes(long):long': (a: bigint) => integers.reverseBytes(a, 64),
    'rotateLeft(long,int):long': (a: bigint, by: number) => integers.rotateLeft(a, by, 64),
    'rotateRight(long,int):long': (a: bigint, by: number) => integers.rotateLeft(a, -by, 64),
    'highestOneBit(long):long': (a: bigint) => integers.highestOneBit(a, 64),
    'lowestOneBit(long):long': (a: bigint) => integers.lowestOneBit(a, 64),
    'numberOfLeadingZeros(long):int': (a: bigint) => integers.leadingZeros(a, 64),
    'numberOfTrailingZeros(long):int': (a: bigint) => integers.trailingZeros(a, 64),
    'getLong(String):long': () => null,
    'getLong(String,long):long': (_name: string, otherwise: bigint) => otherwise,
    'getLong(String,Long):long': (_name: string, otherwise: bigint | null) => otherwise,
  },
});

function parseShort(text: string | null, radix = 10): number {
  const value = toInt(parseInteger(text, radix, BigInt(integers.MIN_INT), BigInt(integers.MAX_INT)));
  if (value > 32_767 || value < -32_768)
    throw new JavaException('NumberFormatException', `Value out of range. Value:"${text}" Radix:${radix}`);
  return value;
}

export const SHORT = defineType('java.lang.Short', {
  supertypes: ['Number', 'Comparable'],
  unwrap: (target: JavaShort) => target.value,
  constants: { MAX_VALUE: new JavaShort(32_767), MIN_VALUE: new JavaShort(-32_768), SIZE: 16, BYTES: 2 },
  constructors: { '(short):short': (a: number) => a, '(String):short': (text: string | null) => parseShort(text) },
  methods: {
    ...conversions(wide),
    'compareTo(Short):int': (a: number, b: number) => a - b,
  },
  statics: {
    'parseShort(String):short': (text: string | null) => parseShort(text),
    'parseShort(String,int):short': parseShort,
    'valueOf(short):short': (a: number) => a,
    'valueOf(String):short': (text: string | null) => parseShort(text),
    'valueOf(String,int):short': parseShort,
    'decode(String):short': (text: string) =>
      parseShort(String(integers.decodeInteger(text, -(1n << 31n), (1n << 31n) - 1n))),
    'toString(short):String': String,
    'hashCode(short):int': (a: number) => a,
    'compare(short,short):int': (a: number, b: number) => a - b,
    'compareUnsigned(short,short):int': (a: number, b: number) => (a & 0xffff) - (b & 0xffff),
    'reverseBytes(short):short': (a: number) => toInt(integers.reverseBytes(wide(a), 16)),
    'toUnsignedInt(short):int': (a: number) => a & 0xffff,
    'toUnsignedLong(short):long': (a: number) => BigInt(a & 0xffff),
  },
});

/** No method of Byte is allowed; its values occur in arrays. */
export const BYTE = defineType('java.lang.Byte', {
  supertypes: ['Number', 'Comparable'],
  constants: { MAX_VALUE: new JavaByte(127), MIN_VALUE: new JavaByte(-128), SIZE: 8, BYTES: 1 },
});
