import { defineType, type JavaEnvironment } from '../descriptor.ts';
import { illegalArgument, nullPointer } from '../java-exception.ts';
import type { JavaLocale } from '../locale.ts';
import {
  CALENDAR_CONSTANTS,
  calendarAdd,
  calendarField,
  calendarMaximum,
  calendarSet,
  JavaCalendar,
} from '../time/calendar.ts';
import { parseDateText } from '../time/date-parse.ts';
import {
  instantOfMillis,
  JavaDate,
  type JavaInstant,
  millisOf,
  temporalOfMillis,
  timeZoneOf,
} from '../time/java-date.ts';
import { dayNames, monthNames, zoneName } from '../time/names.ts';
import { formatSimpleDate, JavaSimpleDateFormat } from '../time/simple-date-format.ts';
import { fieldValue } from '../time/temporal-fields.ts';
import { JavaTimeZone } from '../time/time-zone.ts';
import { offsetAt, UTC } from '../time/zone.ts';

const dateOf = (value: JavaDate | null): JavaDate => {
  if (value === null) throw nullPointer('the date is null');
  return value;
};

const yearOf = (environment: JavaEnvironment) => new Date(environment.now()).getUTCFullYear();

const field = (date: JavaDate, name: Parameters<typeof fieldValue>[1]) =>
  fieldValue(temporalOfMillis(date.time), name) ?? 0;

/** The deprecated constructors: years from 1900, months from 0; what is out of range carries over. */
function ofFields(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): bigint {
  const calendar = new JavaCalendar(0n, UTC);
  for (const [index, value] of [year + 1900, month, day, hour, minute, second].entries()) {
    calendarSet(calendar, [1, 2, 5, 11, 12, 13][index] ?? 1, value);
  }
  return calendar.time;
}

const change =
  (calendarFieldNumber: number, shift = 0) =>
  (date: JavaDate, value: number) => {
    const calendar = new JavaCalendar(date.time, UTC);
    calendarSet(calendar, calendarFieldNumber, value + shift);
    date.time = calendar.time;
    return null;
  };

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

const PATTERNS = {
  gmt: new JavaSimpleDateFormat("d MMM yyyy HH:mm:ss 'GMT'"),
  local: new JavaSimpleDateFormat('MMM d, y, h:mm:ss a'),
};

export const DATE = defineType('java.util.Date', {
  supertypes: ['Comparable'],
  constructors: {
    '@()': (environment: JavaEnvironment) => new JavaDate(BigInt(environment.now())),
    '@(String)': (environment: JavaEnvironment, text: string | null) =>
      new JavaDate(parseDateText(text ?? '', yearOf(environment))),
    '(long)': (time: bigint) => new JavaDate(time),
    '(int,int,int)': (year: number, month: number, day: number) => new JavaDate(ofFields(year, month, day)),
    '(int,int,int,int,int)': (year: number, month: number, day: number, hour: number, minute: number) =>
      new JavaDate(ofFields(year, month, day, hour, minute)),
    '(int,int,int,int,int,int)': (
      year: number,
      month: number,
      day: number,
      hour: number,
      minute: number,
      second: number,
    ) => new JavaDate(ofFields(year, month, day, hour, minute, second)),
  },
  statics: {
    'from(Instant)': (instant: JavaInstant | null) => {
      if (instant === null) throw nullPointer('instant');
      return new JavaDate(millisOf(instant.second, instant.nano));
    },
    '@parse(String):long': (environment: JavaEnvironment, text: string | null) =>
      parseDateText(text ?? '', yearOf(environment)),
    'UTC(int,int,int,int,int,int):long': ofFields,
  },
  methods: {
    'getTime():long': (date: JavaDate) => date.time,
    'before(Date):boolean': (date: JavaDate, other: JavaDate | null) => date.time < dateOf(other).time,
    'after(Date):boolean': (date: JavaDate, other: JavaDate | null) => date.time > dateOf(other).time,
    'compareTo(Date):int': (date: JavaDate, other: JavaDate | null) => compare(date.time, dateOf(other).time),
    'toInstant()': (date: JavaDate) => instantOfMillis(date.time),
    'clone()': (date: JavaDate) => new JavaDate(date.time),
    'getYear():int': (date: JavaDate) => field(date, 'Year') - 1900,
    'getMonth():int': (date: JavaDate) => field(date, 'MonthOfYear') - 1,
    'getDate():int': (date: JavaDate) => field(date, 'DayOfMonth'),
    'getDay():int': (date: JavaDate) => field(date, 'DayOfWeek') % 7,
    'getHours():int': (date: JavaDate) => field(date, 'HourOfDay'),
    'getMinutes():int': (date: JavaDate) => field(date, 'MinuteOfHour'),
    'getSeconds():int': (date: JavaDate) => field(date, 'SecondOfMinute'),
    'getTimezoneOffset():int': () => 0,
    'toGMTString()': (date: JavaDate) => formatSimpleDate(PATTERNS.gmt, date.time),
    'toLocaleString()': (date: JavaDate) => formatSimpleDate(PATTERNS.local, date.time),
    'setTime(long):void': (date: JavaDate, time: bigint) => {
      date.time = time;
    },
    'setYear(int):void': change(1, 1900),
    'setMonth(int):void': change(2),
    'setDate(int):void': change(5),
    'setHours(int):void': change(11),
    'setMinutes(int):void': change(12),
    'setSeconds(int):void': change(13),
  },
});

const millisOfAny = (value: unknown): bigint | undefined => (value instanceof JavaCalendar ? value.time : undefined);

/** Only what asks and what moves; week settings stay those of the US. */
export const CALENDAR = defineType('java.util.Calendar', {
  supertypes: ['Comparable'],
  constants: CALENDAR_CONSTANTS,
  statics: {
    '@getInstance()': (environment: JavaEnvironment) => new JavaCalendar(BigInt(environment.now()), UTC),
    '@getInstance(TimeZone)': (environment: JavaEnvironment, zone: JavaTimeZone) =>
      new JavaCalendar(BigInt(environment.now()), zone.zone),
    '@getInstance(Locale)': (environment: JavaEnvironment) => new JavaCalendar(BigInt(environment.now()), UTC),
    '@getInstance(TimeZone,Locale)': (environment: JavaEnvironment, zone: JavaTimeZone) =>
      new JavaCalendar(BigInt(environment.now()), zone.zone),
  },
  methods: {
    'getTime()': (calendar: JavaCalendar) => new JavaDate(calendar.time),
    'getTimeInMillis():long': (calendar: JavaCalendar) => calendar.time,
    'getTimeZone()': (calendar: JavaCalendar) => new JavaTimeZone(calendar.zone),
    'toInstant()': (calendar: JavaCalendar) => instantOfMillis(calendar.time),
    'get(int):int': calendarField,
    'getActualMaximum(int):int': calendarMaximum,
    'getFirstDayOfWeek():int': () => 1,
    'getMinimalDaysInFirstWeek():int': () => 1,
    'getWeekYear():int': (calendar: JavaCalendar) =>
      fieldValue(temporalOfMillis(calendar.time, calendar.zone), 'WeekBasedYear') ?? 0,
    'getCalendarType()': () => 'gregory',
    'isLenient():boolean': () => true,
    'isSet(int):boolean': () => true,
    'isWeekDateSupported():boolean': () => true,
    'getDisplayName(int,int,Locale)': displayName,
    'before(Object):boolean': (calendar: JavaCalendar, other: unknown) =>
      calendar.time < (millisOfAny(other) ?? calendar.time),
    'after(Object):boolean': (calendar: JavaCalendar, other: unknown) =>
      calendar.time > (millisOfAny(other) ?? calendar.time),
    'compareTo(Calendar):int': (calendar: JavaCalendar, other: JavaCalendar) => compare(calendar.time, other.time),
    'clone()': (calendar: JavaCalendar) => new JavaCalendar(calendar.time, calendar.zone),
    'add(int,int):void': calendarAdd,
    'set(int,int):void': calendarSet,
    'set(int,int,int):void': setFields,
    'set(int,int,int,int,int):void': setFields,
    'set(int,int,int,int,int,int):void': setFields,
    'setTime(Date):void': (calendar: JavaCalendar, date: JavaDate) => {
      calendar.time = dateOf(date).time;
    },
    'setTimeInMillis(long):void': (calendar: JavaCalendar, time: bigint) => {
      calendar.time = time;
    },
    'setTimeZone(TimeZone):void': (calendar: JavaCalendar, zone: JavaTimeZone) => {
      calendar.zone = zone.zone;
    },
  },
});

function setFields(calendar: JavaCalendar, ...values: number[]): void {
  for (const [index, value] of values.entries()) calendarSet(calendar, [1, 2, 5, 11, 12, 13][index] ?? 1, value);
}

/** Months and weekdays, long or short; other fields have no names here. */
function displayName(calendar: JavaCalendar, field: number, style: number, locale: JavaLocale): string | null {
  const width = (style & 3) === 2 ? 'long' : 'short';
  const value = calendarField(calendar, field);
  if (field === 2) return monthNames(locale.tag, width, style > 32_768)[value] ?? null;
  if (field === 7) return dayNames(locale.tag, width)[(value + 5) % 7] ?? null;
  if (field === 9) return value === 0 ? 'AM' : 'PM';
  if (field === 0) return value === 0 ? 'BC' : 'AD';
  if (field < 0 || field > 16) throw illegalArgument('a calendar field is a number from 0 to 16');
  return null;
}

export const TIME_ZONE = defineType('java.util.TimeZone', {
  statics: { 'getTimeZone(String)': (id: string | null) => new JavaTimeZone(timeZoneOf(id ?? '')) },
  properties: {
    'ID:String': ({ zone }: JavaTimeZone) => zone.id,
    '@displayName:String': (environment: JavaEnvironment, { zone }: JavaTimeZone) =>
      zoneName(zone.id, environment.now() / 1000, 'long', false, 'en-US'),
    '@rawOffset:int': (environment: JavaEnvironment, { zone }: JavaTimeZone) =>
      offsetAt(zone, environment.now() / 1000) * 1000,
  },
});
