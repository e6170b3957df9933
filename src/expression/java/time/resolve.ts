import { JavaException } from '../java-exception.ts';
import {
  checkRange,
  dateOf,
  dateOfYearDay,
  dateTimeException,
  fromEpochDay,
  JavaLocalDate,
  lengthOfMonth,
  modulo,
  plusDays,
} from './local-date.ts';
import { type JavaLocalTime, timeOf, timeOfNanoOfDay } from './local-time.ts';
import { parseFields } from './parse.ts';
import type { ParsedFields } from './parse-state.ts';
import type { Field, JavaDateTimeFormatter } from './pattern-item.ts';
import { fieldValue, startOfWeekYear, type Temporal } from './temporal-fields.ts';
import { zoneOf } from './zone.ts';

/** Parses a text and makes a date and a time of its fields, as far as they say one. */
export function parseTemporal(formatter: JavaDateTimeFormatter, text: string): Temporal {
  const parsed = parseFields(formatter, text);
  try {
    return resolve(parsed, formatter);
  } catch (error) {
    if (!(error instanceof JavaException)) throw error;
    throw new JavaException(
      'DateTimeParseException',
      `Text '${text.slice(0, 64)}' could not be parsed: ${error.message}`,
    );
  }
}

function resolve(parsed: ParsedFields, formatter: JavaDateTimeFormatter): Temporal {
  const { fields } = parsed;
  const zone = parsed.zone ?? (formatter.zone === undefined ? undefined : zoneOf(formatter.zone));
  const { time, extraDays } = resolveTime(fields, formatter.resolver);
  let date = resolveDate(fields, formatter.resolver);
  if (date !== undefined) crossCheck({ date, time: undefined }, fields);
  if (time !== undefined && extraDays === 0) crossCheck({ date: undefined, time }, fields);
  // An instant has no date of its own: that needs the zone of the formatter.
  if (zone === undefined && formatter.items.some((item) => item.kind === 'instant'))
    return { date: undefined, time: undefined, offset: undefined, zone };
  if (date !== undefined && extraDays > 0) date = plusDays(date, BigInt(extraDays));
  return { date, time, offset: parsed.offset, zone };
}

const NAMES: Readonly<Partial<Record<Field, readonly [number, number]>>> = {
  Era: [0, 1],
  MonthOfYear: [1, 12],
  DayOfMonth: [1, 31],
  DayOfYear: [1, 366],
  DayOfWeek: [1, 7],
  QuarterOfYear: [1, 4],
  HourOfDay: [0, 23],
  ClockHourOfDay: [1, 24],
  HourOfAmPm: [0, 11],
  ClockHourOfAmPm: [1, 12],
  MinuteOfHour: [0, 59],
  SecondOfMinute: [0, 59],
  YearOfEra: [1, 1_000_000_000],
};

function checked(fields: ReadonlyMap<Field, number>, field: Field): number | undefined {
  const value = fields.get(field);
  const range = NAMES[field];
  return value === undefined || range === undefined ? value : checkRange(field, value, range[0], range[1]);
}

function resolveYear(fields: Map<Field, number>, resolver: string): number | undefined {
  const ofEra = checked(fields, 'YearOfEra');
  if (ofEra === undefined) return checked(fields, 'Year');
  const era = checked(fields, 'Era');
  // A strict formatter leaves a year of an era alone unless the era is there too.
  if (era === undefined && resolver === 'STRICT') return fields.get('Year');
  return era === 0 ? 1 - ofEra : ofEra;
}

function resolveDate(fields: Map<Field, number>, resolver: string): JavaLocalDate | undefined {
  const julian = fields.get('ModifiedJulianDay');
  if (julian !== undefined) return fromEpochDay(julian - 40_587);
  const year = resolveYear(fields, resolver);
  if (year !== undefined) {
    const month = fields.get('MonthOfYear');
    const day = fields.get('DayOfMonth');
    if (month !== undefined && day !== undefined) return resolveYearMonthDay(year, month, day, resolver);
    const dayOfYear = fields.get('DayOfYear');
    if (dayOfYear !== undefined) return dateOfYearDay(year, checkRange('DayOfYear', dayOfYear, 1, 366));
  }
  return (
    weekDate(fields, 'IsoWeekBasedYear', 'IsoWeekOfWeekBasedYear', 1, 4) ??
    weekDate(fields, 'WeekBasedYear', 'WeekOfWeekBasedYear', 7, 1)
  );
}

function resolveYearMonthDay(year: number, month: number, day: number, resolver: string): JavaLocalDate {
  if (resolver === 'LENIENT') {
    const months = year * 12 + month - 1;
    return plusDays(new JavaLocalDate(Math.floor(months / 12), modulo(months, 12) + 1, 1), BigInt(day - 1));
  }
  checkRange('MonthOfYear', month, 1, 12);
  checkRange('DayOfMonth', day, 1, 31);
  return dateOf(year, month, resolver === 'SMART' ? Math.min(day, lengthOfMonth(year, month)) : day);
}

function weekDate(
  fields: Map<Field, number>,
  yearField: Field,
  weekField: Field,
  firstDay: number,
  minimal: number,
): JavaLocalDate | undefined {
  const year = fields.get(yearField);
  const week = fields.get(weekField);
  const localized = fields.get('LocalizedDayOfWeek');
  const weekday = fields.get('DayOfWeek') ?? (localized === undefined ? undefined : modulo(localized - 2, 7) + 1);
  if (year === undefined || week === undefined || weekday === undefined) return undefined;
  checkRange(weekField, week, 1, 53);
  return fromEpochDay(startOfWeekYear(year, firstDay, minimal) + (week - 1) * 7 + modulo(weekday - firstDay, 7));
}

function resolveTime(
  fields: Map<Field, number>,
  resolver: string,
): { time: JavaLocalTime | undefined; extraDays: number } {
  const nanoOfDay = fields.get('NanoOfDay');
  if (nanoOfDay !== undefined) return { time: timeOfNanoOfDay(BigInt(nanoOfDay)), extraDays: 0 };
  const milliOfDay = fields.get('MilliOfDay');
  if (milliOfDay !== undefined) return { time: timeOfNanoOfDay(BigInt(milliOfDay) * 1_000_000n), extraDays: 0 };
  const hour = resolveHour(fields, resolver);
  const minute = checked(fields, 'MinuteOfHour');
  const second = checked(fields, 'SecondOfMinute');
  const nano = fields.get('NanoOfSecond');
  const gap =
    (minute === undefined && (second !== undefined || nano !== undefined)) ||
    (second === undefined && nano !== undefined);
  if (hour === undefined || gap) return { time: undefined, extraDays: 0 };
  const isMidnight = hour === 24 && !minute && !second && !nano;
  if (isMidnight && resolver !== 'STRICT') return { time: timeOf(0, 0), extraDays: 1 };
  return { time: timeOf(hour, minute ?? 0, second ?? 0, nano ?? 0), extraDays: 0 };
}

function resolveHour(fields: Map<Field, number>, resolver: string): number | undefined {
  const clock = checked(fields, 'ClockHourOfDay');
  if (clock !== undefined) return clock === 24 ? 0 : clock;
  const half = checked(fields, 'AmPmOfDay');
  const clockOfHalf = checked(fields, 'ClockHourOfAmPm');
  const ofHalf = clockOfHalf === undefined ? checked(fields, 'HourOfAmPm') : clockOfHalf % 12;
  if (half !== undefined && ofHalf !== undefined) return half * 12 + ofHalf;
  const hour = fields.get('HourOfDay');
  return hour === 24 && resolver === 'SMART' ? hour : checked(fields, 'HourOfDay');
}

/** Fields that were not needed must agree with the result: `Monday, 29 Feb 2024` is an error. */
function crossCheck(part: Pick<Temporal, 'date' | 'time'>, fields: ReadonlyMap<Field, number>): void {
  for (const [field, value] of fields) {
    if (field === 'DayOfMonth' || field === 'ClockHourOfDay' || field === 'HourOfDay') continue;
    const actual = fieldValue({ ...part, offset: undefined, zone: undefined }, field);
    if (actual !== undefined && actual !== value) {
      throw dateTimeException(`Conflict found: Field ${field} ${actual} differs from ${field} ${value}`);
    }
  }
}
