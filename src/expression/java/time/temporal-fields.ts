import { dayOfWeek, dayOfYear, type JavaLocalDate, modulo, toEpochDay } from './local-date.ts';
import { type JavaLocalTime, nanoOfDay } from './local-time.ts';
import type { Field } from './pattern-item.ts';
import type { JavaZone } from './zone.ts';

/** What a value offers to a formatter; a field whose part is missing is an error when printed. */
export interface Temporal {
  readonly date: JavaLocalDate | undefined;
  readonly time: JavaLocalTime | undefined;
  /** Seconds. */
  readonly offset: number | undefined;
  readonly zone: JavaZone | undefined;
}

/** The value of a field, undefined where the temporal lacks the part that holds it. */
export function fieldValue(temporal: Temporal, field: Field): number | undefined {
  const { date, time } = temporal;
  return isTimeField(field) ? time && timeField(time, field) : date && dateField(date, field);
}

function isTimeField(field: Field): boolean {
  return /Hour|AmPm|OfMinute|OfSecond|MilliOfDay|NanoOfDay/.test(field);
}

function timeField(time: JavaLocalTime, field: Field): number {
  switch (field) {
    case 'AmPmOfDay':
      return time.hour < 12 ? 0 : 1;
    case 'HourOfAmPm':
      return time.hour % 12;
    case 'ClockHourOfAmPm':
      return time.hour % 12 === 0 ? 12 : time.hour % 12;
    case 'ClockHourOfDay':
      return time.hour === 0 ? 24 : time.hour;
    case 'MinuteOfHour':
      return time.minute;
    case 'SecondOfMinute':
      return time.second;
    case 'NanoOfSecond':
      return time.nano;
    case 'MilliOfDay':
      return Number(nanoOfDay(time) / 1_000_000n);
    case 'NanoOfDay':
      return Number(nanoOfDay(time));
    default:
      return time.hour;
  }
}

function dateField(date: JavaLocalDate, field: Field): number {
  switch (field) {
    case 'Era':
      return date.year > 0 ? 1 : 0;
    case 'YearOfEra':
      return date.year > 0 ? date.year : 1 - date.year;
    case 'MonthOfYear':
      return date.month;
    case 'DayOfMonth':
      return date.day;
    case 'DayOfYear':
      return dayOfYear(date);
    case 'DayOfWeek':
      return dayOfWeek(date);
    case 'LocalizedDayOfWeek':
      return (dayOfWeek(date) % 7) + 1;
    case 'QuarterOfYear':
      return Math.ceil(date.month / 3);
    case 'AlignedWeekOfMonth':
      return Math.ceil(date.day / 7);
    case 'AlignedDayOfWeekInMonth':
      return ((date.day - 1) % 7) + 1;
    case 'ModifiedJulianDay':
      return toEpochDay(date) + 40_587;
    case 'WeekOfMonth':
      return weekOf(date.day, dayOfWeek(date), 7, 1);
    case 'WeekBasedYear':
      return weekBased(date, 7, 1).year;
    case 'WeekOfWeekBasedYear':
      return weekBased(date, 7, 1).week;
    case 'IsoWeekBasedYear':
      return weekBased(date, 1, 4).year;
    case 'IsoWeekOfWeekBasedYear':
      return weekBased(date, 1, 4).week;
    default:
      return date.year;
  }
}

/** The week of a day counted from the start of a month or year, 0 before the first week that is long enough. */
function weekOf(day: number, weekday: number, firstDay: number, minimalDays: number): number {
  const inWeek = modulo(weekday - firstDay, 7);
  const startWeekday = modulo(inWeek - (day - 1), 7);
  const daysOfFirst = 7 - startWeekday;
  const shift = daysOfFirst >= minimalDays ? 1 : 0;
  return Math.floor((day - 1 + startWeekday) / 7) + shift;
}

/** Week-based year and week. In the US weeks begin on Sunday (7) and the first one holds 1 January; in ISO: 1, 4. */
function weekBased(date: JavaLocalDate, firstDay: number, minimalDays: number): { year: number; week: number } {
  const today = toEpochDay(date);
  for (const year of [date.year + 1, date.year]) {
    const start = startOfWeekYear(year, firstDay, minimalDays);
    if (today >= start) return { year, week: Math.floor((today - start) / 7) + 1 };
  }
  const start = startOfWeekYear(date.year - 1, firstDay, minimalDays);
  return { year: date.year - 1, week: Math.floor((today - start) / 7) + 1 };
}

export function startOfWeekYear(year: number, firstDay: number, minimalDays: number): number {
  const first = toEpochDay({ year, month: 1, day: 1 } as JavaLocalDate);
  const weekday = modulo(modulo(first + 3, 7) + 1 - firstDay, 7);
  return 7 - weekday >= minimalDays ? first - weekday : first + 7 - weekday;
}
