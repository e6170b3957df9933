import { defineType } from '../descriptor.ts';
import { enumConstants, type JavaEnum } from '../java-enum.ts';
import { type JavaLocale, LOCALES } from '../locale.ts';
import { CHRONO_FIELDS, CHRONO_UNITS, JavaPeriod } from '../time/chrono.ts';
import { JavaInstant } from '../time/java-date.ts';
import { JavaLocalTime, timeOf } from '../time/local-time.ts';
import { ERAS, FORMAT_STYLES, MONTHS, RESOLVER_STYLES, WEEKDAYS } from '../time/time-enums.ts';
import { type JavaZone, offsetZone, UTC_OFFSET } from '../time/zone.ts';
import { ROUNDING } from './format-types.ts';

/** Classes without an allowed method: their constants and what reads as a property. */

const ENUM_PROPERTIES = {
  'name:String': (value: JavaEnum) => value.name,
  'ordinal:int': (value: JavaEnum) => value.ordinal,
};

const numbered = { ...ENUM_PROPERTIES, 'value:int': (value: JavaEnum) => value.ordinal + 1 };

export const BOOLEAN = defineType('java.lang.Boolean', {
  supertypes: ['Comparable'],
  constants: { TRUE: true, FALSE: false },
  properties: { 'booleanValue:boolean': (value: boolean) => value },
});

export const LOCALE = defineType('java.util.Locale', {
  constants: LOCALES,
  properties: {
    'language:String': (locale: JavaLocale) => (locale.tag === 'und' ? '' : (locale.tag.split('-')[0] ?? '')),
    'country:String': (locale: JavaLocale) => locale.tag.split('-')[1] ?? '',
  },
});

export const ROUNDING_MODE = defineType('java.math.RoundingMode', {
  supertypes: ['Comparable'],
  constants: ROUNDING,
  properties: ENUM_PROPERTIES,
});

export const MONTH = defineType('java.time.Month', {
  supertypes: ['TemporalAccessor', 'TemporalAdjuster', 'Comparable'],
  constants: MONTHS,
  properties: numbered,
});

export const DAY_OF_WEEK = defineType('java.time.DayOfWeek', {
  supertypes: ['TemporalAccessor', 'TemporalAdjuster', 'Comparable'],
  constants: WEEKDAYS,
  properties: numbered,
});

export const CHRONO_UNIT = defineType('java.time.temporal.ChronoUnit', {
  supertypes: ['TemporalUnit', 'Comparable'],
  constants: CHRONO_UNITS,
  properties: ENUM_PROPERTIES,
});

export const CHRONO_FIELD = defineType('java.time.temporal.ChronoField', {
  supertypes: ['TemporalField', 'Comparable'],
  constants: CHRONO_FIELDS,
  properties: ENUM_PROPERTIES,
});

export const ISO_ERA = defineType('java.time.chrono.IsoEra', {
  supertypes: ['TemporalAccessor', 'TemporalAdjuster', 'Comparable'],
  constants: ERAS,
  properties: { ...ENUM_PROPERTIES, 'value:int': (value: JavaEnum) => value.ordinal },
});

export const TIME_UNIT = defineType('java.util.concurrent.TimeUnit', {
  supertypes: ['Comparable'],
  constants: enumConstants('java.util.concurrent.TimeUnit', [
    'NANOSECONDS',
    'MICROSECONDS',
    'MILLISECONDS',
    'SECONDS',
    'MINUTES',
    'HOURS',
    'DAYS',
  ]),
  properties: ENUM_PROPERTIES,
});

export const FORMAT_STYLE = defineType('java.time.format.FormatStyle', {
  supertypes: ['Comparable'],
  constants: FORMAT_STYLES,
  properties: ENUM_PROPERTIES,
});

export const RESOLVER_STYLE = defineType('java.time.format.ResolverStyle', {
  supertypes: ['Comparable'],
  constants: RESOLVER_STYLES,
  properties: ENUM_PROPERTIES,
});

export const ZONE_ID = defineType('java.time.ZoneId', { properties: { 'id:String': (zone: JavaZone) => zone.id } });

export const ZONE_OFFSET = defineType('java.time.ZoneOffset', {
  supertypes: ['ZoneId', 'TemporalAccessor', 'TemporalAdjuster', 'Comparable'],
  constants: { UTC: UTC_OFFSET, MIN: offsetZone(-64_800), MAX: offsetZone(64_800) },
  properties: {
    'id:String': (zone: JavaZone) => zone.id,
    'totalSeconds:int': (zone: JavaZone) => zone.fixed ?? 0,
  },
});

export const OFFSET_DATE_TIME = defineType('java.time.OffsetDateTime', {
  supertypes: ['Temporal', 'TemporalAccessor', 'TemporalAdjuster', 'Comparable'],
});

export const LOCAL_TIME = defineType('java.time.LocalTime', {
  supertypes: ['Temporal', 'TemporalAccessor', 'TemporalAdjuster', 'Comparable'],
  constants: {
    MIDNIGHT: JavaLocalTime.MIDNIGHT,
    MIN: JavaLocalTime.MIDNIGHT,
    NOON: timeOf(12, 0),
    MAX: timeOf(23, 59, 59, 999_999_999),
  },
  properties: {
    'hour:int': (time: JavaLocalTime) => time.hour,
    'minute:int': (time: JavaLocalTime) => time.minute,
    'second:int': (time: JavaLocalTime) => time.second,
    'nano:int': (time: JavaLocalTime) => time.nano,
  },
});

export const INSTANT = defineType('java.time.Instant', {
  supertypes: ['Temporal', 'TemporalAccessor', 'TemporalAdjuster', 'Comparable'],
  constants: { EPOCH: new JavaInstant(0, 0) },
  properties: {
    'epochSecond:long': (instant: JavaInstant) => BigInt(instant.second),
    'nano:int': (instant: JavaInstant) => instant.nano,
    'toEpochMilli:long': (instant: JavaInstant) =>
      BigInt(instant.second) * 1000n + BigInt(Math.floor(instant.nano / 1_000_000)),
  },
});

export const PERIOD = defineType('java.time.Period', {
  supertypes: ['TemporalAmount'],
  constants: { ZERO: new JavaPeriod(0, 0, 0) },
  properties: {
    'years:int': (period: JavaPeriod) => period.years,
    'months:int': (period: JavaPeriod) => period.months,
    'days:int': (period: JavaPeriod) => period.days,
    'toTotalMonths:long': (period: JavaPeriod) => BigInt(period.years * 12 + period.months),
  },
});
