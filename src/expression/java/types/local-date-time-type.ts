import { defineType, type Handlers, type JavaEnvironment } from '../descriptor.ts';
import type { JavaEnum } from '../java-enum.ts';
import { JavaException, nullPointer } from '../java-exception.ts';
import { adjustDateTime, withDateField, withTimeField } from '../time/adjust.ts';
import { chronoField, plusToDateTime, supportsField, truncate, untilDateTime } from '../time/chrono.ts';
import { FORMATTERS } from '../time/formatters.ts';
import { type JavaInstant, temporalOfMillis } from '../time/java-date.ts';
import * as dates from '../time/local-date.ts';
import { JavaLocalDate } from '../time/local-date.ts';
import {
  compareDateTimes,
  fromLocalEpochSecond,
  JavaLocalDateTime,
  plusNanos,
  plusSeconds,
} from '../time/local-date-time.ts';
import { JavaLocalTime, timeOf } from '../time/local-time.ts';
import type { JavaDateTimeFormatter } from '../time/pattern-item.ts';
import { print } from '../time/print.ts';
import { parseTemporal } from '../time/resolve.ts';
import type { Temporal } from '../time/temporal-fields.ts';
import { monthEnum, weekdayEnum } from '../time/time-enums.ts';
import {
  JavaOffsetDateTime,
  type JavaZone,
  JavaZonedDateTime,
  UTC,
  zonedOfEpochSecond,
  zonedOfLocal,
} from '../time/zone.ts';
import { asPeriod, intField, plusPeriod } from './local-date-type.ts';

type DateTime = JavaLocalDateTime;

const temporal = ({ date, time }: DateTime): Temporal => ({ date, time, offset: undefined, zone: undefined });

const notNull = <T>(value: T | null, name: string): T => {
  if (value === null) throw nullPointer(name);
  return value;
};

function parse(text: string | null, formatter: JavaDateTimeFormatter | null): DateTime {
  const { date, time } = parseTemporal(notNull(formatter, 'formatter'), notNull(text, 'text'));
  if (date === undefined || time === undefined) {
    throw new JavaException(
      'DateTimeParseException',
      `Text '${text?.slice(0, 64)}' could not be parsed: Unable to obtain LocalDateTime from TemporalAccessor`,
    );
  }
  return new JavaLocalDateTime(date, time);
}

function dateTimeFrom(value: unknown): DateTime {
  if (value instanceof JavaLocalDateTime) return value;
  if (value instanceof JavaZonedDateTime) return value.local;
  if (value === null) throw nullPointer('temporal');
  throw dates.dateTimeException('Unable to obtain LocalDateTime from TemporalAccessor');
}

const of = (year: number, month: number, day: number, hour: number, minute: number, second?: number, nano?: number) =>
  new JavaLocalDateTime(dates.dateOf(year, month, day), timeOf(hour, minute, second, nano));

const ofMonth = (year: number, month: JavaEnum, ...rest: [number, number, number, number?, number?]) =>
  of(year, notNull(month, 'month').ordinal + 1, ...rest);

const withDate = (value: DateTime, date: JavaLocalDate) => new JavaLocalDateTime(date, value.time);
const withTime = (value: DateTime, change: Partial<JavaLocalTime>) => {
  const { hour, minute, second, nano } = { ...value.time, ...change };
  return new JavaLocalDateTime(value.date, timeOf(hour, minute, second, nano));
};

const NANOS = { hours: 3_600_000_000_000n, minutes: 60_000_000_000n, seconds: 1_000_000_000n } as const;

const plusHours = (value: DateTime, hours: bigint) => plusNanos(value, BigInt(dates.amount(hours)) * NANOS.hours);
const plusMinutes = (value: DateTime, minutes: bigint) =>
  plusNanos(value, BigInt(dates.amount(minutes)) * NANOS.minutes);

export const withField = (value: DateTime, field: JavaEnum, amount: bigint) => {
  const time = withTimeField(value.time, field, amount);
  return time === undefined
    ? withDate(value, withDateField(value.date, field, amount))
    : new JavaLocalDateTime(value.date, time);
};

/** What a LocalDateTime and a ZonedDateTime read alike. */
export const DATE_TIME_FIELDS = {
  'getYear():int': (value: DateTime) => value.date.year,
  'getMonthValue():int': (value: DateTime) => value.date.month,
  'getMonth()': (value: DateTime) => monthEnum(value.date.month),
  'getDayOfMonth():int': (value: DateTime) => value.date.day,
  'getDayOfYear():int': (value: DateTime) => dates.dayOfYear(value.date),
  'getDayOfWeek()': (value: DateTime) => weekdayEnum(dates.dayOfWeek(value.date)),
  'getHour():int': (value: DateTime) => value.time.hour,
  'getMinute():int': (value: DateTime) => value.time.minute,
  'getSecond():int': (value: DateTime) => value.time.second,
  'getNano():int': (value: DateTime) => value.time.nano,
} as const;

/** Moves by calendar units and single fields: on the local time line in both classes. */
export const DATE_MOVES = {
  'plusYears(long)': (value: DateTime, years: bigint) => withDate(value, dates.plusYears(value.date, years)),
  'plusMonths(long)': (value: DateTime, months: bigint) => withDate(value, dates.plusMonths(value.date, months)),
  'plusWeeks(long)': (value: DateTime, weeks: bigint) => withDate(value, dates.plusDays(value.date, weeks * 7n)),
  'plusDays(long)': (value: DateTime, days: bigint) => withDate(value, dates.plusDays(value.date, days)),
  'minusYears(long)': (value: DateTime, years: bigint) => withDate(value, dates.plusYears(value.date, -years)),
  'minusMonths(long)': (value: DateTime, months: bigint) => withDate(value, dates.plusMonths(value.date, -months)),
  'minusWeeks(long)': (value: DateTime, weeks: bigint) => withDate(value, dates.plusDays(value.date, weeks * -7n)),
  'minusDays(long)': (value: DateTime, days: bigint) => withDate(value, dates.plusDays(value.date, -days)),
  'plus(TemporalAmount)': (value: DateTime, period: unknown) =>
    withDate(value, plusPeriod(value.date, asPeriod(period), 1n)),
  'minus(TemporalAmount)': (value: DateTime, period: unknown) =>
    withDate(value, plusPeriod(value.date, asPeriod(period), -1n)),
  'withYear(int)': (value: DateTime, year: number) =>
    withDate(value, dates.clampDay(year, value.date.month, value.date.day)),
  'withMonth(int)': (value: DateTime, month: number) =>
    withDate(value, dates.clampDay(value.date.year, dates.checkRange('MonthOfYear', month, 1, 12), value.date.day)),
  'withDayOfMonth(int)': (value: DateTime, day: number) =>
    withDate(value, dates.dateOf(value.date.year, value.date.month, day)),
  'withDayOfYear(int)': (value: DateTime, day: number) => withDate(value, dates.dateOfYearDay(value.date.year, day)),
  'withHour(int)': (value: DateTime, hour: number) => withTime(value, { hour }),
  'withMinute(int)': (value: DateTime, minute: number) => withTime(value, { minute }),
  'withSecond(int)': (value: DateTime, second: number) => withTime(value, { second }),
  'withNano(int)': (value: DateTime, nano: number) => withTime(value, { nano }),
  'truncatedTo(TemporalUnit)': truncate,
} as const;

/** Moves by units of time: in a zone they are measured on the line of instants. */
export const TIME_MOVES = {
  'plusHours(long)': plusHours,
  'plusMinutes(long)': plusMinutes,
  'plusSeconds(long)': plusSeconds,
  'plusNanos(long)': plusNanos,
  'minusHours(long)': (value: DateTime, hours: bigint) => plusHours(value, -hours),
  'minusMinutes(long)': (value: DateTime, minutes: bigint) => plusMinutes(value, -minutes),
  'minusSeconds(long)': (value: DateTime, seconds: bigint) => plusSeconds(value, -seconds),
  'minusNanos(long)': (value: DateTime, nanos: bigint) => plusNanos(value, -nanos),
} as const;

const compare = (a: DateTime, b: unknown) => compareDateTimes(a, dateTimeFrom(b));

const methods: Handlers = {
  ...DATE_TIME_FIELDS,
  ...DATE_MOVES,
  ...TIME_MOVES,
  'get(TemporalField):int': (value: DateTime, field: JavaEnum) => intField(temporal(value), field),
  'getLong(TemporalField):long': (value: DateTime, field: JavaEnum) => chronoField(temporal(value), field),
  'isSupported(TemporalField):boolean': (value: DateTime, field: JavaEnum | null) =>
    field !== null && supportsField(temporal(value), field),
  'isSupported(TemporalUnit):boolean': (_: DateTime, unit: JavaEnum | null) => unit !== null && unit.name !== 'FOREVER',
  'plus(long,TemporalUnit)': plusToDateTime,
  'minus(long,TemporalUnit)': (value: DateTime, count: bigint, unit: JavaEnum) => plusToDateTime(value, -count, unit),
  'with(TemporalField,long)': withField,
  'with(TemporalAdjuster)': adjustDateTime,
  'until(Temporal,TemporalUnit):long': (value: DateTime, end: unknown, unit: JavaEnum) =>
    untilDateTime(value, dateTimeFrom(end), unit),
  'format(DateTimeFormatter)': (value: DateTime, formatter: JavaDateTimeFormatter | null) =>
    print(notNull(formatter, 'formatter'), temporal(value)),
  'toLocalDate()': (value: DateTime) => value.date,
  'toLocalTime()': (value: DateTime) => value.time,
  'atOffset(ZoneOffset)': (value: DateTime, offset: JavaZone | null) =>
    new JavaOffsetDateTime(value, notNull(offset, 'offset').fixed ?? 0),
  'atZone(ZoneId)': (value: DateTime, zone: JavaZone) => zonedOfLocal(value, zone),
  'isAfter(ChronoLocalDateTime):boolean': (value: DateTime, other: unknown) => compare(value, other) > 0,
  'isBefore(ChronoLocalDateTime):boolean': (value: DateTime, other: unknown) => compare(value, other) < 0,
  'isEqual(ChronoLocalDateTime):boolean': (value: DateTime, other: unknown) => compare(value, other) === 0,
  'compareTo(ChronoLocalDateTime):int': compare,
};

function inZone(millis: number, zone: JavaZone): DateTime {
  const { date, time } = temporalOfMillis(BigInt(millis), zone);
  return new JavaLocalDateTime(date ?? new JavaLocalDate(1970, 1, 1), time ?? JavaLocalTime.MIDNIGHT);
}

export const LOCAL_DATE_TIME = defineType('java.time.LocalDateTime', {
  supertypes: ['Temporal', 'TemporalAccessor', 'TemporalAdjuster', 'ChronoLocalDateTime', 'Comparable'],
  constants: {
    MIN: new JavaLocalDateTime(new JavaLocalDate(-999_999_999, 1, 1), JavaLocalTime.MIDNIGHT),
    MAX: new JavaLocalDateTime(new JavaLocalDate(999_999_999, 12, 31), new JavaLocalTime(23, 59, 59, 999_999_999)),
  },
  statics: {
    '@now()': (environment: JavaEnvironment) => inZone(environment.now(), UTC),
    '@now(ZoneId)': (environment: JavaEnvironment, zone: JavaZone) => inZone(environment.now(), zone),
    'of(LocalDate,LocalTime)': (date: JavaLocalDate, time: JavaLocalTime) =>
      new JavaLocalDateTime(notNull(date, 'date'), notNull(time, 'time')),
    'of(int,int,int,int,int)': of,
    'of(int,int,int,int,int,int)': of,
    'of(int,int,int,int,int,int,int)': of,
    'of(int,Month,int,int,int)': ofMonth,
    'of(int,Month,int,int,int,int)': ofMonth,
    'of(int,Month,int,int,int,int,int)': ofMonth,
    'ofEpochSecond(long,int,ZoneOffset)': (second: bigint, nano: number, offset: JavaZone) =>
      fromLocalEpochSecond(
        dates.amount(second) + (offset.fixed ?? 0),
        dates.checkRange('NanoOfSecond', nano, 0, 999_999_999),
      ),
    'ofInstant(Instant,ZoneId)': (instant: JavaInstant, zone: JavaZone) =>
      zonedOfEpochSecond(instant.second, instant.nano, zone).local,
    'from(TemporalAccessor)': dateTimeFrom,
    'parse(CharSequence)': (text: string | null) => parse(text, FORMATTERS.ISO_LOCAL_DATE_TIME),
    'parse(CharSequence,DateTimeFormatter)': parse,
  },
  methods,
});
