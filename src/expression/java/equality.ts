import { JavaList, JavaMap } from '../value.ts';
import { JavaBigDecimal, JavaBigInteger } from './big-decimal.ts';
import { JavaArray, JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from './boxes.ts';
import { JavaEnum } from './java-enum.ts';
import { JavaLocale } from './locale.ts';
import { JavaEntry } from './map-entry.ts';
import { doubleBits, floatBits } from './math.ts';
import type { Meter } from './meter.ts';
import { hashText } from './text/strings.ts';
import { JavaCalendar } from './time/calendar.ts';
import { JavaPeriod } from './time/chrono.ts';
import { JavaDate, JavaInstant } from './time/java-date.ts';
import { dateHash, JavaLocalDate } from './time/local-date.ts';
import { JavaLocalDateTime } from './time/local-date-time.ts';
import { JavaLocalTime, nanoOfDay } from './time/local-time.ts';
import { JavaOffsetDateTime, JavaZone, JavaZonedDateTime } from './time/zone.ts';
import { JavaUuid } from './uuid.ts';
import { ValueIndex } from './value-index.ts';

/**
 * Object.equals: an int is never equal to a long, 1.0 never to 1.00, a list never to a set. It takes time linear in the
 * smaller value; further work for sets and maps is reported to the meter.
 */
export function javaEquals(a: unknown, b: unknown, meter: Meter): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof JavaList) return b instanceof JavaList && collectionsEqual(a, b, meter);
  if (a instanceof JavaMap) return b instanceof JavaMap && mapsEqual(a, b, meter);
  if (a instanceof JavaEntry)
    return b instanceof JavaEntry && javaEquals(a.key, b.key, meter) && javaEquals(a.value, b.value, meter);
  // The digits of a decimal are compared as they are: writing them down takes longer than linear time.
  if (a instanceof JavaBigDecimal)
    return b instanceof JavaBigDecimal && a.scale === b.scale && a.unscaled === b.unscaled;
  // Enums, arrays and objects without their own equals are equal only to themselves.
  if (a instanceof JavaArray || a.constructor !== b.constructor) return false;
  const key = identityOf(a);
  return key !== undefined && key === identityOf(b);
}

/** A primitive that two equal values of one class share. */
function identityOf(value: object): string | bigint | number | undefined {
  if (value instanceof JavaDouble) return Number.isNaN(value.value) ? 'NaN' : doubleBits(value.value);
  if (value instanceof JavaFloat) return Number.isNaN(value.value) ? 'NaN' : floatBits(value.value);
  if (value instanceof JavaShort || value instanceof JavaByte) return value.value;
  if (value instanceof JavaChar) return value.code;
  if (value instanceof JavaBigInteger) return value.value;
  if (value instanceof JavaEnum) return `${value.type}.${value.name}`;
  if (value instanceof JavaLocale) return value.tag;
  if (value instanceof JavaUuid) return value.text;
  return timeIdentity(value);
}

function timeIdentity(value: object): string | bigint | undefined {
  if (value instanceof JavaDate) return value.time;
  if (value instanceof JavaInstant) return `${value.second}.${value.nano}`;
  if (value instanceof JavaLocalDate) return `${value.year}-${value.month}-${value.day}`;
  if (value instanceof JavaLocalTime) return nanoOfDay(value);
  if (value instanceof JavaLocalDateTime) return `${timeIdentity(value.date)}T${timeIdentity(value.time)}`;
  if (value instanceof JavaZonedDateTime)
    return `${timeIdentity(value.local)} ${value.offset} ${value.zone.id} ${value.zone.isOffset}`;
  if (value instanceof JavaOffsetDateTime) return `${timeIdentity(value.local)} ${value.offset}`;
  if (value instanceof JavaZone) return `${value.id} ${value.isOffset}`;
  if (value instanceof JavaPeriod) return `${value.years} ${value.months} ${value.days}`;
  if (value instanceof JavaCalendar) return `${value.time} ${value.zone.id}`;
  return undefined;
}

/** Values to be found by equals. */
export const indexValues = (items: Iterable<unknown>, meter: Meter): ValueIndex =>
  new ValueIndex(items, {
    hash: javaHash,
    equals: (a, b) => javaEquals(a, b, meter),
    step: (count) => meter.step(count),
  });

function collectionsEqual(a: JavaList, b: JavaList, meter: Meter): boolean {
  if ((a.kind === 'set') !== (b.kind === 'set') || a.items.length !== b.items.length) return false;
  if (a.kind !== 'set') return a.items.every((item, index) => javaEquals(item, b.items[index], meter));
  const other = indexValues(b.items, meter);
  return a.items.every((item) => other.find(item) !== undefined);
}

function mapsEqual(a: JavaMap, b: JavaMap, meter: Meter): boolean {
  if (a.entries.size !== b.entries.size) return false;
  const isObject = (key: unknown) => typeof key === 'object' && key !== null;
  const objects = indexValues([...b.entries.keys()].filter(isObject), meter);
  for (const [key, value] of a.entries) {
    const same = b.entries.has(key) ? key : objects.find(key)?.value;
    if (same === undefined || !javaEquals(value, b.entries.get(same), meter)) return false;
  }
  return true;
}

const foldLong = (value: bigint) => Number(BigInt.asIntN(32, value ^ (BigInt.asUintN(64, value) >> 32n)));

/** Object.hashCode. Where Java uses an address, this is the hash of a name. */
export function javaHash(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string') return hashText(value);
  if (typeof value === 'number') return value | 0;
  if (typeof value === 'bigint') return foldLong(value);
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  if (value instanceof JavaList) return listHash(value);
  if (value instanceof JavaMap) {
    let hash = 0;
    for (const [key, item] of value.entries) hash = (hash + (javaHash(key) ^ javaHash(item))) | 0;
    return hash;
  }
  if (value instanceof JavaEntry) return javaHash(value.key) ^ javaHash(value.value);
  if (value instanceof JavaDouble)
    return foldLong(Number.isNaN(value.value) ? 0x7ff8000000000000n : doubleBits(value.value));
  if (value instanceof JavaFloat) return Number.isNaN(value.value) ? 0x7fc00000 : floatBits(value.value);
  if (value instanceof JavaShort || value instanceof JavaByte) return value.value;
  if (value instanceof JavaChar) return value.code;
  if (value instanceof JavaBigInteger) return bigIntegerHash(value.value);
  if (value instanceof JavaBigDecimal) return (Math.imul(31, bigIntegerHash(value.unscaled)) + value.scale) | 0;
  return objectHash(value);
}

function listHash(list: JavaList): number {
  let hash = list.kind === 'set' ? 0 : 1;
  for (const item of list.items) hash = ((list.kind === 'set' ? hash : Math.imul(31, hash)) + javaHash(item)) | 0;
  return hash;
}

/** Over 32-bit words, the highest first. */
function bigIntegerHash(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude.toString(16);
  let hash = 0;
  for (let at = digits.length % 8 === 0 ? 0 : (digits.length % 8) - 8; at < digits.length; at += 8) {
    hash = (Math.imul(31, hash) + (Number.parseInt(digits.slice(Math.max(0, at), at + 8), 16) | 0)) | 0;
  }
  return value < 0n ? -hash | 0 : hash;
}

function objectHash(value: object): number {
  if (value instanceof JavaDate) return foldLong(value.time);
  if (value instanceof JavaLocalDate) return dateHash(value);
  if (value instanceof JavaLocalTime) return foldLong(nanoOfDay(value));
  if (value instanceof JavaLocalDateTime) return objectHash(value.date) ^ objectHash(value.time);
  if (value instanceof JavaZonedDateTime) {
    const zone = objectHash(value.zone);
    return objectHash(value.local) ^ value.offset ^ ((zone << 3) | (zone >>> 29));
  }
  if (value instanceof JavaOffsetDateTime) return objectHash(value.local) ^ value.offset;
  if (value instanceof JavaZone) return value.isOffset ? (value.fixed ?? 0) : hashText(value.id);
  if (value instanceof JavaInstant) return foldLong(BigInt(value.second)) + 51 * value.nano;
  if (value instanceof JavaPeriod)
    return value.years + ((value.months << 8) | (value.months >>> 24)) + ((value.days << 16) | (value.days >>> 16));
  if (value instanceof JavaUuid) {
    const bits = BigInt(`0x${value.text.replaceAll('-', '')}`);
    return foldLong((bits >> 64n) ^ (bits & 0xffff_ffff_ffff_ffffn));
  }
  return hashText(String(identityOf(value) ?? 'object'));
}

/**
 * The order in which a java.util.HashMap walks its keys: by bucket, the spread hash modulo the size of the table, and
 * by insertion within one.
 */
export function hashOrder<T>(items: readonly T[], keyOf: (item: T) => unknown): T[] {
  let capacity = 16;
  while (items.length > capacity * 0.75) capacity *= 2;
  const bucketOf = (item: T) => {
    const hash = javaHash(keyOf(item));
    return (hash ^ (hash >>> 16)) & (capacity - 1);
  };
  return items
    .map((item, index) => ({ item, index, bucket: bucketOf(item) }))
    .sort((a, b) => a.bucket - b.bucket || a.index - b.index)
    .map(({ item }) => item);
}
