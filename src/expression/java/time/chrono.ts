import { MAX_LONG, MIN_LONG } from '../integers.ts';
import { enumConstants, JavaEnum } from '../java-enum.ts';
import { JavaException } from '../java-exception.ts';
import {
  amount,
  type JavaLocalDate,
  lengthOfMonth,
  monthsBetween,
  plusDays,
  plusMonths,
  toEpochDay,
} from './local-date.ts';
import { JavaLocalDateTime, monthsBetweenDateTimes, nanosBetween, plusNanos } from './local-date-time.ts';
import { NANOS_PER_DAY, nanoOfDay, timeOfNanoOfDay } from './local-time.ts';
import type { Field } from './pattern-item.ts';
import { fieldValue, type Temporal } from './temporal-fields.ts';

const UNITS = [
  'NANOS',
  'MICROS',
  'MILLIS',
  'SECONDS',
  'MINUTES',
  'HOURS',
  'HALF_DAYS',
  'DAYS',
  'WEEKS',
  'MONTHS',
  'YEARS',
  'DECADES',
  'CENTURIES',
  'MILLENNIA',
  'ERAS',
  'FOREVER',
];

export const CHRONO_UNITS = enumConstants('java.time.temporal.ChronoUnit', UNITS);

/** Nanoseconds of the units of time. */
const TIME_UNITS: Readonly<Record<string, bigint>> = {
  NANOS: 1n,
  MICROS: 1000n,
  MILLIS: 1_000_000n,
  SECONDS: 1_000_000_000n,
  MINUTES: 60_000_000_000n,
  HOURS: 3_600_000_000_000n,
  HALF_DAYS: 43_200_000_000_000n,
};

const MONTH_UNITS: Readonly<Record<string, bigint>> = {
  MONTHS: 1n,
  YEARS: 12n,
  DECADES: 120n,
  CENTURIES: 1200n,
  MILLENNIA: 12_000n,
};

const DAY_UNITS: Readonly<Record<string, bigint>> = { DAYS: 1n, WEEKS: 7n };

const lookUp = (table: Readonly<Record<string, bigint>>, unit: JavaEnum) =>
  Object.hasOwn(table, unit.name) ? table[unit.name] : undefined;

export const isTimeUnit = (unit: JavaEnum) => lookUp(TIME_UNITS, unit) !== undefined;

const unsupportedUnit = (unit: JavaEnum) =>
  new JavaException('UnsupportedTemporalTypeException', `Unsupported unit: ${unitText(unit)}`);

/** ChronoUnit has texts of its own: `Days`, `HalfDays`. */
export const unitText = (unit: JavaEnum) =>
  unit.name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

export function plusToDate(date: JavaLocalDate, count: bigint, unit: JavaEnum): JavaLocalDate {
  const months = lookUp(MONTH_UNITS, unit);
  if (months !== undefined) return plusMonths(date, count * months);
  const days = lookUp(DAY_UNITS, unit);
  if (days === undefined) throw unsupportedUnit(unit);
  return plusDays(date, count * days);
}

export function plusToDateTime(value: JavaLocalDateTime, count: bigint, unit: JavaEnum): JavaLocalDateTime {
  const nanos = lookUp(TIME_UNITS, unit);
  if (nanos === undefined) return new JavaLocalDateTime(plusToDate(value.date, count, unit), value.time);
  amount(count * nanos < 0n ? -((-count * nanos) / NANOS_PER_DAY) : (count * nanos) / NANOS_PER_DAY);
  return plusNanos(value, count * nanos);
}

export function untilDate(from: JavaLocalDate, to: JavaLocalDate, unit: JavaEnum): bigint {
  const months = lookUp(MONTH_UNITS, unit);
  if (months !== undefined) return BigInt(monthsBetween(from, to)) / months;
  const days = lookUp(DAY_UNITS, unit);
  if (unit.name === 'ERAS') return BigInt(Number(to.year > 0) - Number(from.year > 0));
  if (days === undefined) throw unsupportedUnit(unit);
  return BigInt(toEpochDay(to) - toEpochDay(from)) / days;
}

export function untilDateTime(from: JavaLocalDateTime, to: JavaLocalDateTime, unit: JavaEnum): bigint {
  const nanos = lookUp(TIME_UNITS, unit);
  const months = lookUp(MONTH_UNITS, unit);
  const days = lookUp(DAY_UNITS, unit);
  if (months !== undefined) return BigInt(monthsBetweenDateTimes(from, to)) / months;
  if (days !== undefined) return nanosBetween(from, to) / (NANOS_PER_DAY * days);
  if (unit.name === 'ERAS') return untilDate(from.date, to.date, unit);
  if (nanos === undefined) throw unsupportedUnit(unit);
  const result = nanosBetween(from, to) / nanos;
  if (result > MAX_LONG || result < MIN_LONG) throw new JavaException('ArithmeticException', 'long overflow');
  return result;
}

export function truncate(value: JavaLocalDateTime, unit: JavaEnum): JavaLocalDateTime {
  const nanos = unit.name === 'DAYS' ? NANOS_PER_DAY : lookUp(TIME_UNITS, unit);
  if (nanos === undefined)
    throw new JavaException('UnsupportedTemporalTypeException', 'Unit is too large to be used for truncation');
  const of = nanoOfDay(value.time);
  return new JavaLocalDateTime(value.date, timeOfNanoOfDay(of - (of % nanos)));
}

const FIELD_NAMES: Readonly<
  Record<
    string,
    | Field
    | 'MicroOfSecond'
    | 'MilliOfSecond'
    | 'SecondOfDay'
    | 'MinuteOfDay'
    | 'EpochDay'
    | 'ProlepticMonth'
    | 'MicroOfDay'
  >
> = {
  NANO_OF_SECOND: 'NanoOfSecond',
  NANO_OF_DAY: 'NanoOfDay',
  MICRO_OF_SECOND: 'MicroOfSecond',
  MICRO_OF_DAY: 'MicroOfDay',
  MILLI_OF_SECOND: 'MilliOfSecond',
  MILLI_OF_DAY: 'MilliOfDay',
  SECOND_OF_MINUTE: 'SecondOfMinute',
  SECOND_OF_DAY: 'SecondOfDay',
  MINUTE_OF_HOUR: 'MinuteOfHour',
  MINUTE_OF_DAY: 'MinuteOfDay',
  HOUR_OF_AMPM: 'HourOfAmPm',
  CLOCK_HOUR_OF_AMPM: 'ClockHourOfAmPm',
  HOUR_OF_DAY: 'HourOfDay',
  CLOCK_HOUR_OF_DAY: 'ClockHourOfDay',
  AMPM_OF_DAY: 'AmPmOfDay',
  DAY_OF_WEEK: 'DayOfWeek',
  ALIGNED_DAY_OF_WEEK_IN_MONTH: 'AlignedDayOfWeekInMonth',
  DAY_OF_MONTH: 'DayOfMonth',
  DAY_OF_YEAR: 'DayOfYear',
  EPOCH_DAY: 'EpochDay',
  ALIGNED_WEEK_OF_MONTH: 'AlignedWeekOfMonth',
  MONTH_OF_YEAR: 'MonthOfYear',
  PROLEPTIC_MONTH: 'ProlepticMonth',
  YEAR_OF_ERA: 'YearOfEra',
  YEAR: 'Year',
  ERA: 'Era',
};

export const CHRONO_FIELDS = {
  ...enumConstants('java.time.temporal.ChronoField', Object.keys(FIELD_NAMES)),
  OFFSET_SECONDS: new JavaEnum('java.time.temporal.ChronoField', 'OFFSET_SECONDS', 29),
  INSTANT_SECONDS: new JavaEnum('java.time.temporal.ChronoField', 'INSTANT_SECONDS', 28),
};

/** getLong(ChronoField). */
export function chronoField(temporal: Temporal, field: JavaEnum): bigint {
  const value = readField(temporal, field);
  if (value === undefined)
    throw new JavaException('UnsupportedTemporalTypeException', `Unsupported field: ${unitText(field)}`);
  return value;
}

export const supportsField = (temporal: Temporal, field: JavaEnum) => readField(temporal, field) !== undefined;

function readField(temporal: Temporal, field: JavaEnum): bigint | undefined {
  const { date, time, offset } = temporal;
  if (field.name === 'OFFSET_SECONDS') return offset === undefined ? undefined : BigInt(offset);
  if (field.name === 'INSTANT_SECONDS') {
    if (date === undefined || time === undefined || offset === undefined) return undefined;
    return BigInt(toEpochDay(date) * 86_400 - offset) + nanoOfDay(time) / 1_000_000_000n;
  }
  const name = Object.hasOwn(FIELD_NAMES, field.name) ? FIELD_NAMES[field.name] : undefined;
  switch (name) {
    case undefined:
      return undefined;
    case 'EpochDay':
      return date && BigInt(toEpochDay(date));
    case 'ProlepticMonth':
      return date && BigInt(date.year * 12 + date.month - 1);
    case 'MicroOfSecond':
      return time && BigInt(Math.floor(time.nano / 1000));
    case 'MilliOfSecond':
      return time && BigInt(Math.floor(time.nano / 1_000_000));
    case 'SecondOfDay':
      return time && nanoOfDay(time) / 1_000_000_000n;
    case 'MinuteOfDay':
      return time && nanoOfDay(time) / 60_000_000_000n;
    case 'MicroOfDay':
      return time && nanoOfDay(time) / 1000n;
    case 'NanoOfDay':
      return time && nanoOfDay(time);
    default: {
      const value = fieldValue(temporal, name);
      return value === undefined ? undefined : BigInt(value);
    }
  }
}

/** java.time.Period. */
export class JavaPeriod {
  readonly years: number;
  readonly months: number;
  readonly days: number;

  constructor(years: number, months: number, days: number) {
    this.years = years;
    this.months = months;
    this.days = days;
  }
}

export function periodText({ years, months, days }: JavaPeriod): string {
  if (years === 0 && months === 0 && days === 0) return 'P0D';
  const part = (value: number, letter: string) => (value === 0 ? '' : `${value}${letter}`);
  return `P${part(years, 'Y')}${part(months, 'M')}${part(days, 'D')}`;
}

/** LocalDate.until(LocalDate): whole months first, then days. */
export function periodBetween(from: JavaLocalDate, to: JavaLocalDate): JavaPeriod {
  let months = to.year * 12 + to.month - from.year * 12 - from.month;
  let days = to.day - from.day;
  if (months > 0 && days < 0) {
    months--;
    days = toEpochDay(to) - toEpochDay(plusMonths(from, BigInt(months)));
  } else if (months < 0 && days > 0) {
    months++;
    days -= lengthOfMonth(to.year, to.month);
  }
  return new JavaPeriod(Math.trunc(months / 12), months % 12, days);
}
