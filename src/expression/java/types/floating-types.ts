import { JavaDouble, JavaFloat } from '../boxes.ts';
import { compareDoubles } from '../compare-doubles.ts';
import { defineType, type Handlers } from '../descriptor.ts';
import { parseDouble, parseFloat32 } from '../double-parse.ts';
import { doubleToString, floatToString } from '../double-text.ts';
import { doubleToInt, doubleToLong } from '../integers.ts';
import { nullPointer } from '../java-exception.ts';
import { bitsToDouble, bitsToFloat, doubleBits, floatBits, isNegative } from '../math.ts';
import { hexText } from '../text/format-number.ts';

function hashDouble(value: number): number {
  const bits = Number.isNaN(value) ? 0x7ff8000000000000n : doubleBits(value);
  return Number(BigInt.asIntN(32, bits ^ (BigInt.asUintN(64, bits) >> 32n)));
}

const hashFloat = (value: number) => (Number.isNaN(value) ? 0x7fc00000 : floatBits(value));

function toHexString(value: number): string {
  if (!Number.isFinite(value)) return doubleToString(value);
  return (isNegative(value) ? '-' : '') + hexText(Math.abs(value), -1);
}

/** A float below the normal ones has its own lowest exponent. */
function floatToHexString(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || magnitude >= 2 ** -126 || !Number.isFinite(value)) return toHexString(value);
  const text = hexText(magnitude * 2 ** -896, -1);
  return (isNegative(value) ? '-' : '') + text.replace(/p-1022$/, 'p-126');
}

const notNull = (text: string | null): string => {
  if (text === null) throw nullPointer('the text to parse is null');
  return text;
};

const conversions: Handlers = {
  'byteValue():byte': doubleToInt,
  'shortValue():short': doubleToInt,
  'intValue():int': doubleToInt,
  'longValue():long': doubleToLong,
  'floatValue():float': (a: number) => a,
  'doubleValue():double': (a: number) => a,
  'isNaN():boolean': Number.isNaN,
  'isInfinite():boolean': (a: number) => Math.abs(a) === Number.POSITIVE_INFINITY,
};

export const DOUBLE = defineType('java.lang.Double', {
  supertypes: ['Number', 'Comparable'],
  unwrap: (target: JavaDouble) => target.value,
  constants: {
    MAX_VALUE: new JavaDouble(Number.MAX_VALUE),
    MIN_VALUE: new JavaDouble(Number.MIN_VALUE),
    MIN_NORMAL: new JavaDouble(2 ** -1022),
    POSITIVE_INFINITY: new JavaDouble(Number.POSITIVE_INFINITY),
    NEGATIVE_INFINITY: new JavaDouble(Number.NEGATIVE_INFINITY),
    NaN: new JavaDouble(Number.NaN),
    MAX_EXPONENT: 1023,
    MIN_EXPONENT: -1022,
    SIZE: 64,
    BYTES: 8,
  },
  constructors: {
    '(double):double': (a: number) => a,
    '(String):double': (text: string | null) => parseDouble(notNull(text)),
  },
  methods: {
    ...conversions,
    'compareTo(Double):int': compareDoubles,
  },
  statics: {
    'parseDouble(String):double': (text: string | null) => parseDouble(notNull(text)),
    'valueOf(String):double': (text: string | null) => parseDouble(notNull(text)),
    'valueOf(double):double': (a: number) => a,
    'toString(double):String': doubleToString,
    'toHexString(double):String': toHexString,
    'compare(double,double):int': compareDoubles,
    'isNaN(double):boolean': Number.isNaN,
    'isFinite(double):boolean': Number.isFinite,
    'isInfinite(double):boolean': (a: number) => Math.abs(a) === Number.POSITIVE_INFINITY,
    'hashCode(double):int': hashDouble,
    'doubleToLongBits(double):long': (a: number) => (Number.isNaN(a) ? 0x7ff8000000000000n : doubleBits(a)),
    'doubleToRawLongBits(double):long': (a: number) => (Number.isNaN(a) ? 0x7ff8000000000000n : doubleBits(a)),
    'longBitsToDouble(long):double': bitsToDouble,
    'max(double,double):double': (a: number, b: number) => Math.max(a, b),
    'min(double,double):double': (a: number, b: number) => Math.min(a, b),
    'sum(double,double):double': (a: number, b: number) => a + b,
  },
});

export const FLOAT = defineType('java.lang.Float', {
  supertypes: ['Number', 'Comparable'],
  unwrap: (target: JavaFloat) => target.value,
  constants: {
    MAX_VALUE: new JavaFloat(3.4028234663852886e38),
    MIN_VALUE: new JavaFloat(2 ** -149),
    MIN_NORMAL: new JavaFloat(2 ** -126),
    POSITIVE_INFINITY: new JavaFloat(Number.POSITIVE_INFINITY),
    NEGATIVE_INFINITY: new JavaFloat(Number.NEGATIVE_INFINITY),
    NaN: new JavaFloat(Number.NaN),
    MAX_EXPONENT: 127,
    MIN_EXPONENT: -126,
    SIZE: 32,
    BYTES: 4,
  },
  constructors: {
    '(String):float': (text: string | null) => parseFloat32(notNull(text)),
    '(double):float': (a: number) => a,
    '(float):float': (a: number) => a,
  },
  methods: {
    ...conversions,
    'compareTo(Float):int': compareDoubles,
  },
  statics: {
    'parseFloat(String):float': (text: string | null) => parseFloat32(notNull(text)),
    'valueOf(String):float': (text: string | null) => parseFloat32(notNull(text)),
    'valueOf(float):float': (a: number) => a,
    'toString(float):String': floatToString,
    'toHexString(float):String': floatToHexString,
    'compare(float,float):int': compareDoubles,
    'isNaN(float):boolean': Number.isNaN,
    'isFinite(float):boolean': Number.isFinite,
    'isInfinite(float):boolean': (a: number) => Math.abs(a) === Number.POSITIVE_INFINITY,
    'hashCode(float):int': hashFloat,
    'floatToIntBits(float):int': hashFloat,
    'floatToRawIntBits(float):int': hashFloat,
    'intBitsToFloat(int):float': bitsToFloat,
    'max(float,float):float': (a: number, b: number) => Math.max(a, b),
    'min(float,float):float': (a: number, b: number) => Math.min(a, b),
    'sum(float,float):float': (a: number, b: number) => a + b,
  },
});
