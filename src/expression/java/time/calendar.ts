import { JavaException } from '../java-exception.ts';
import { millisOf, temporalOfMillis } from './java-date.ts';
import {
  clampDay,
  dayOfWeek,
  JavaLocalDate,
  lengthOfMonth,
  lengthOfYear,
  modulo,
  plusDays,
  toEpochDay,
} from './local-date.ts';
import { fromLocalEpochSecond } from './local-date-time.ts';
import { nanoOfDay } from './local-time.ts';
import { fieldValue } from './temporal-fields.ts';
import { type JavaZone, offsetAt, zonedEpochSecond, zonedOfLocal } from './zone.ts';

/** java.util.GregorianCalendar in the conventions of the US: weeks begin on Sunday, the first holds 1 January. */
export class JavaCalendar {
  time: bigint;
  zone: JavaZone;

  constructor(time: bigint, zone: JavaZone) {
    this.time = time;
    this.zone = zone;
  }
}

/** The constants of java.util.Calendar. */
export const CALENDAR_CONSTANTS: Readonly<Record<string, number>> = {
  ERA: 0,
  YEAR: 1,
  MONTH: 2,
  WEEK_OF_YEAR: 3,
  WEEK_OF_MONTH: 4,
  DATE: 5,
  DAY_OF_MONTH: 5,
  DAY_OF_YEAR: 6,
  DAY_OF_WEEK: 7,
  DAY_OF_WEEK_IN_MONTH: 8,
  AM_PM: 9,
  HOUR: 10,
  HOUR_OF_DAY: 11,
  MINUTE: 12,
  SECOND: 13,
  MILLISECOND: 14,
  ZONE_OFFSET: 15,
  DST_OFFSET: 16,
  FIELD_COUNT: 17,
  SUNDAY: 1,
  MONDAY: 2,
  TUESDAY: 3,
  WEDNESDAY: 4,
  THURSDAY: 5,
  FRIDAY: 6,
  SATURDAY: 7,
  JANUARY: 0,
  FEBRUARY: 1,
  MARCH: 2,
  APRIL: 3,
  MAY: 4,
  JUNE: 5,
  JULY: 6,
  AUGUST: 7,
  SEPTEMBER: 8,
  OCTOBER: 9,
  NOVEMBER: 10,
  DECEMBER: 11,
  UNDECIMBER: 12,
  AM: 0,
  PM: 1,
  ALL_STYLES: 0,
  SHORT: 1,
  LONG: 2,
  NARROW_FORMAT: 4,
  SHORT_FORMAT: 1,
  LONG_FORMAT: 2,
  NARROW_STANDALONE: 32772,
  SHORT_STANDALONE: 32769,
  LONG_STANDALONE: 32770,
};

const badField = () => new JavaException('ArrayIndexOutOfBoundsException', 'a calendar field is a number from 0 to 16');

/** Calendar.get. */
export function calendarField(calendar: JavaCalendar, field: number): number {
  const temporal = temporalOfMillis(calendar.time, calendar.zone);
  const get = (name: Parameters<typeof fieldValue>[1]) => fieldValue(temporal, name) ?? 0;
  const date = temporal.date ?? new JavaLocalDate(1970, 1, 1);
  const fields = [
    () => get('Era'),
    () => get('YearOfEra'),
    () => date.month - 1,
    () => get('WeekOfWeekBasedYear'),
    () => get('WeekOfMonth'),
    () => date.day,
    () => get('DayOfYear'),
    () => (dayOfWeek(date) % 7) + 1,
    () => Math.floor((date.day - 1) / 7) + 1,
    () => get('AmPmOfDay'),
    () => get('HourOfAmPm'),
    () => get('HourOfDay'),
    () => get('MinuteOfHour'),
    () => get('SecondOfMinute'),
    () => Math.floor(get('NanoOfSecond') / 1e6),
    () => standardOffset(calendar) * 1000,
    () => ((temporal.offset ?? 0) - standardOffset(calendar)) * 1000,
  ];
  const read = fields[field];
  if (read === undefined) throw badField();
  return read();
}

/** The smaller of the offsets of winter and summer in that year. */
function standardOffset(calendar: JavaCalendar): number {
  const year = fieldValue(temporalOfMillis(calendar.time, calendar.zone), 'Year') ?? 1970;
  const start = toEpochDay(new JavaLocalDate(year, 1, 1)) * 86_400;
  return Math.min(offsetAt(calendar.zone, start), offsetAt(calendar.zone, start + 182 * 86_400));
}

/** Calendar.add: years and months keep the day where the month has it; what is smaller adds up. */
export function calendarAdd(calendar: JavaCalendar, field: number, amount: number): void {
  const temporal = temporalOfMillis(calendar.time, calendar.zone);
  const { date, time } = temporal;
  if (date === undefined || time === undefined) return;
  const days = { 3: 7, 4: 7, 5: 1, 6: 1, 7: 1, 8: 7 }[field];
  const millis = { 9: 43_200_000, 10: 3_600_000, 11: 3_600_000, 12: 60_000, 13: 1000, 14: 1 }[field];
  let moved = date;
  if (field === 1 || field === 2) {
    const months = date.year * 12 + date.month - 1 + (field === 1 ? 12 * amount : amount);
    moved = clampDay(Math.floor(months / 12), modulo(months, 12) + 1, date.day);
  } else if (days !== undefined) moved = plusDays(date, BigInt(days * amount));
  else if (millis !== undefined) {
    calendar.time += BigInt(millis) * BigInt(amount);
    return;
  } else throw badField();
  setLocal(calendar, toEpochDay(moved) * 86_400 + Number(nanoOfDay(time) / 1_000_000_000n), time.nano);
}

/** Calendar.set for the fields that make a date or a time; a value out of range carries over. */
export function calendarSet(calendar: JavaCalendar, field: number, value: number): void {
  const temporal = temporalOfMillis(calendar.time, calendar.zone);
  const { date, time } = temporal;
  if (date === undefined || time === undefined) return;
  const current = [
    date.year,
    date.month - 1,
    date.day,
    time.hour,
    time.minute,
    time.second,
    Math.floor(time.nano / 1e6),
  ];
  const place = { 1: 0, 2: 1, 5: 2, 11: 3, 12: 4, 13: 5, 14: 6 }[field];
  if (place === undefined) {
    const shifted = { 6: 5, 7: 5, 9: 9, 10: 10 }[field];
    if (shifted === undefined) throw badField();
    calendarAdd(calendar, shifted === 9 ? 9 : shifted === 10 ? 10 : 5, value - calendarField(calendar, field));
    return;
  }
  current[place] = value;
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0, millis = 0] = current;
  const first = new JavaLocalDate(year + Math.floor(month / 12), modulo(month, 12) + 1, 1);
  const total = (toEpochDay(first) + day - 1) * 86_400 + hour * 3600 + minute * 60 + second + Math.floor(millis / 1000);
  setLocal(calendar, total, modulo(millis, 1000) * 1_000_000);
}

function setLocal(calendar: JavaCalendar, localSecond: number, nano: number): void {
  const zoned = zonedOfLocal(fromLocalEpochSecond(localSecond, nano), calendar.zone);
  calendar.time = millisOf(zonedEpochSecond(zoned), nano);
}

/** getActualMaximum: for the fields whose maximum depends on the date. */
export function calendarMaximum(calendar: JavaCalendar, field: number): number {
  const year = fieldValue(temporalOfMillis(calendar.time, calendar.zone), 'Year') ?? 1970;
  const constant = [
    1,
    292_278_994,
    11,
    undefined,
    undefined,
    undefined,
    undefined,
    7,
    undefined,
    1,
    11,
    23,
    59,
    59,
    999,
    50_400_000,
    7_200_000,
  ];
  if (field === 5) return lengthOfMonth(year, calendarField(calendar, 2) + 1);
  if (field === 6) return lengthOfYear(year);
  const value = constant[field];
  if (value === undefined)
    throw new JavaException('UnsupportedOperationException', 'the maximum of this calendar field is not supported');
  return value;
}
