import { defineType, type JavaEnvironment } from '../descriptor.ts';
import { longToInt } from '../integers.ts';
import type { JavaEnum } from '../java-enum.ts';
import { JavaException, nullPointer } from '../java-exception.ts';
import { adjustDateTime, withDateField } from '../time/adjust.ts';
import {
  chronoField,
  isTimeUnit,
  JavaPeriod,
  periodBetween,
  plusToDate,
  supportsField,
  untilDate,
} from '../time/chrono.ts';
import { FORMATTERS } from '../time/formatters.ts';
import { type JavaInstant, temporalOfMillis } from '../time/java-date.ts';
import * as dates from '../time/local-date.ts';
import { JavaLocalDate } from '../time/local-date.ts';
import { JavaLocalDateTime } from '../time/local-date-time.ts';
import { JavaLocalTime, secondOfDay, timeOf } from '../time/local-time.ts';
import type { JavaDateTimeFormatter } from '../time/pattern-item.ts';
import { print } from '../time/print.ts';
import { parseTemporal } from '../time/resolve.ts';
import type { Temporal } from '../time/temporal-fields.ts';
import { ERAS, monthEnum, weekdayEnum } from '../time/time-enums.ts';
import { type JavaZone, JavaZonedDateTime, UTC, zonedOfEpochSecond, zonedOfLocal } from '../time/zone.ts';

type LocalDate = JavaLocalDate;

const temporal = (date: LocalDate): Temporal => ({ date, time: undefined, offset: undefined, zone: undefined });

const notNull = <T>(value: T | null, name: string): T => {
  if (value === null) throw nullPointer(name);
  return value;
};

function parse(text: string | null, formatter: JavaDateTimeFormatter): LocalDate {
  const { date } = parseTemporal(formatter, notNull(text, 'text'));
  if (date === undefined)
    throw new JavaException(
      'DateTimeParseException',
      `Text '${text?.slice(0, 64)}' could not be parsed: Unable to obtain LocalDate from TemporalAccessor`,
    );
  return date;
}

/** LocalDate.from, and the arguments of isBefore and similar methods. */
function dateFrom(value: unknown): LocalDate {
  if (value instanceof JavaLocalDate) return value;
  if (value instanceof JavaLocalDateTime) return value.date;
  if (value instanceof JavaZonedDateTime) return value.local.date;
  if (value === null) throw nullPointer('temporal');
  throw dates.dateTimeException('Unable to obtain LocalDate from TemporalAccessor');
}

const inZone = (millis: number, zone: JavaZone) =>
  temporalOfMillis(BigInt(millis), zone).date ?? new JavaLocalDate(1970, 1, 1);

const atTime = (date: LocalDate, hour: number, minute: number, second?: number, nano?: number) =>
  new JavaLocalDateTime(date, timeOf(hour, minute, second, nano));

export const plusPeriod = (date: LocalDate, period: JavaPeriod, sign: 1n | -1n) =>
  dates.plusDays(dates.plusMonths(date, sign * BigInt(period.years * 12 + period.months)), sign * BigInt(period.days));

export function asPeriod(value: unknown): JavaPeriod {
  if (value instanceof JavaPeriod) return value;
  throw value === null
    ? nullPointer('amountToAdd')
    : new JavaException('UnsupportedOperationException', 'only a Period can be added');
}

const compare = (a: LocalDate, b: unknown) => dates.compareDates(a, dateFrom(b));

export const LOCAL_DATE = defineType('java.time.LocalDate', {
  supertypes: ['Temporal', 'TemporalAccessor', 'TemporalAdjuster', 'ChronoLocalDate', 'Comparable'],
  constants: {
    MIN: new JavaLocalDate(-999_999_999, 1, 1),
    MAX: new JavaLocalDate(999_999_999, 12, 31),
    EPOCH: new JavaLocalDate(1970, 1, 1),
  },
  statics: {
    '@now()': (environment: JavaEnvironment) => inZone(environment.now(), UTC),
    '@now(ZoneId)': (environment: JavaEnvironment, zone: JavaZone) => inZone(environment.now(), zone),
    'of(int,int,int)': dates.dateOf,
    'of(int,Month,int)': (year: number, month: JavaEnum, day: number) =>
      dates.dateOf(year, notNull(month, 'month').ordinal + 1, day),
    'ofYearDay(int,int)': dates.dateOfYearDay,
    'ofEpochDay(long)': (day: bigint) => dates.fromEpochDay(dates.amount(day)),
    'ofInstant(Instant,ZoneId)': (instant: JavaInstant, zone: JavaZone) =>
      zonedOfEpochSecond(instant.second, instant.nano, zone).local.date,
    'from(TemporalAccessor)': dateFrom,
    'parse(CharSequence)': (text: string | null) => parse(text, FORMATTERS.ISO_LOCAL_DATE),
    'parse(CharSequence,DateTimeFormatter)': (text: string | null, formatter: JavaDateTimeFormatter | null) =>
      parse(text, notNull(formatter, 'formatter')),
  },
  methods: {
    'getYear():int': (date: LocalDate) => date.year,
    'getMonthValue():int': (date: LocalDate) => date.month,
    'getMonth()': (date: LocalDate) => monthEnum(date.month),
    'getDayOfMonth():int': (date: LocalDate) => date.day,
    'getDayOfYear():int': dates.dayOfYear,
    'getDayOfWeek()': (date: LocalDate) => weekdayEnum(dates.dayOfWeek(date)),
    'getEra()': (date: LocalDate) => (date.year > 0 ? ERAS.CE : ERAS.BCE),
    'isLeapYear():boolean': (date: LocalDate) => dates.isLeapYear(date.year),
    'lengthOfMonth():int': (date: LocalDate) => dates.lengthOfMonth(date.year, date.month),
    'lengthOfYear():int': (date: LocalDate) => dates.lengthOfYear(date.year),
    'get(TemporalField):int': (date: LocalDate, field: JavaEnum) => intField(temporal(date), field),
    'getLong(TemporalField):long': (date: LocalDate, field: JavaEnum) => chronoField(temporal(date), field),
    'isSupported(TemporalField):boolean': (date: LocalDate, field: JavaEnum | null) =>
      field !== null && supportsField(temporal(date), field),
    'isSupported(TemporalUnit):boolean': (_: LocalDate, unit: JavaEnum | null) =>
      unit !== null && !isTimeUnit(unit) && unit.name !== 'FOREVER',
    'plusDays(long)': dates.plusDays,
    'plusWeeks(long)': (date: LocalDate, weeks: bigint) => dates.plusDays(date, weeks * 7n),
    'plusMonths(long)': dates.plusMonths,
    'plusYears(long)': dates.plusYears,
    'plus(long,TemporalUnit)': plusToDate,
    'plus(TemporalAmount)': (date: LocalDate, period: unknown) => plusPeriod(date, asPeriod(period), 1n),
    'minusDays(long)': (date: LocalDate, days: bigint) => dates.plusDays(date, -days),
    'minusWeeks(long)': (date: LocalDate, weeks: bigint) => dates.plusDays(date, weeks * -7n),
    'minusMonths(long)': (date: LocalDate, months: bigint) => dates.plusMonths(date, -months),
    'minusYears(long)': (date: LocalDate, years: bigint) => dates.plusYears(date, -years),
    'minus(long,TemporalUnit)': (date: LocalDate, count: bigint, unit: JavaEnum) => plusToDate(date, -count, unit),
    'minus(TemporalAmount)': (date: LocalDate, period: unknown) => plusPeriod(date, asPeriod(period), -1n),
    'withYear(int)': (date: LocalDate, year: number) => dates.clampDay(year, date.month, date.day),
    'withMonth(int)': (date: LocalDate, month: number) =>
      dates.clampDay(date.year, dates.checkRange('MonthOfYear', month, 1, 12), date.day),
    'withDayOfMonth(int)': (date: LocalDate, day: number) => dates.dateOf(date.year, date.month, day),
    'withDayOfYear(int)': (date: LocalDate, day: number) => dates.dateOfYearDay(date.year, day),
    'with(TemporalField,long)': withDateField,
    'with(TemporalAdjuster)': (date: LocalDate, adjuster: unknown) => {
      if (adjuster instanceof JavaLocalDateTime)
        throw new JavaException('UnsupportedTemporalTypeException', 'Unsupported field: NanoOfDay');
      return adjustDateTime(new JavaLocalDateTime(date, JavaLocalTime.MIDNIGHT), adjuster).date;
    },
    'until(ChronoLocalDate)': (date: LocalDate, end: unknown) => periodBetween(date, dateFrom(end)),
    'until(Temporal,TemporalUnit):long': (date: LocalDate, end: unknown, unit: JavaEnum) =>
      untilDate(date, dateFrom(end), unit),
    'format(DateTimeFormatter)': (date: LocalDate, formatter: JavaDateTimeFormatter | null) =>
      print(notNull(formatter, 'formatter'), temporal(date)),
    'atTime(int,int)': atTime,
    'atTime(int,int,int)': atTime,
    'atTime(int,int,int,int)': atTime,
    'atTime(LocalTime)': (date: LocalDate, time: JavaLocalTime) => new JavaLocalDateTime(date, time),
    'atStartOfDay()': (date: LocalDate) => new JavaLocalDateTime(date, JavaLocalTime.MIDNIGHT),
    'atStartOfDay(ZoneId)': (date: LocalDate, zone: JavaZone) =>
      zonedOfLocal(new JavaLocalDateTime(date, JavaLocalTime.MIDNIGHT), zone),
    'toEpochDay():long': (date: LocalDate) => BigInt(dates.toEpochDay(date)),
    'toEpochSecond(LocalTime,ZoneOffset):long': (date: LocalDate, time: JavaLocalTime, offset: JavaZone) =>
      BigInt(dates.toEpochDay(date) * 86_400 + secondOfDay(time) - (offset.fixed ?? 0)),
    'isAfter(ChronoLocalDate):boolean': (date: LocalDate, other: unknown) => compare(date, other) > 0,
    'isBefore(ChronoLocalDate):boolean': (date: LocalDate, other: unknown) => compare(date, other) < 0,
    'isEqual(ChronoLocalDate):boolean': (date: LocalDate, other: unknown) => compare(date, other) === 0,
    'compareTo(ChronoLocalDate):int': compare,
  },
});

export function intField(value: Temporal, field: JavaEnum): number {
  if (/^(?:EPOCH_DAY|PROLEPTIC_MONTH|NANO_OF_DAY|MICRO_OF_DAY|INSTANT_SECONDS)$/.test(field.name)) {
    throw new JavaException(
      'UnsupportedTemporalTypeException',
      `Invalid field '${field.name}' for get() method, use getLong() instead`,
    );
  }
  return longToInt(chronoField(value, field));
}
