import { defineType, type Handlers, type JavaEnvironment } from '../descriptor.ts';
import type { JavaEnum } from '../java-enum.ts';
import { JavaException, nullPointer } from '../java-exception.ts';
import { adjustDateTime } from '../time/adjust.ts';
import { chronoField, isTimeUnit, plusToDateTime, supportsField, untilDateTime } from '../time/chrono.ts';
import { FORMATTERS } from '../time/formatters.ts';
import { instantOfMillis, JavaInstant } from '../time/java-date.ts';
import type { JavaLocalDate } from '../time/local-date.ts';
import * as dates from '../time/local-date.ts';
import { JavaLocalDateTime, localEpochSecond } from '../time/local-date-time.ts';
import { type JavaLocalTime, timeOf } from '../time/local-time.ts';
import type { JavaDateTimeFormatter } from '../time/pattern-item.ts';
import { print } from '../time/print.ts';
import { parseTemporal } from '../time/resolve.ts';
import { temporalOf } from '../time/temporal-of.ts';
import {
  JavaOffsetDateTime,
  type JavaZone,
  JavaZonedDateTime,
  offsetZone,
  UTC,
  validOffsets,
  zonedEpochSecond,
  zonedOfEpochSecond,
  zonedOfLocal,
} from '../time/zone.ts';
import { DATE_MOVES, DATE_TIME_FIELDS, TIME_MOVES, withField } from './local-date-time-type.ts';
import { intField } from './local-date-type.ts';

type Zoned = JavaZonedDateTime;

const notNull = <T>(value: T | null, name: string): T => {
  if (value === null) throw nullPointer(name);
  return value;
};

const ofInstant = (instant: JavaInstant, zone: JavaZone) => zonedOfEpochSecond(instant.second, instant.nano, zone);

/** A new local time in the same zone, with the same offset where that is still valid. */
const onLocalLine = (value: Zoned, local: JavaLocalDateTime) => zonedOfLocal(local, value.zone, value.offset);

/** A local time that was reached by adding time: the instant decides. */
const onInstantLine = (value: Zoned, local: JavaLocalDateTime) =>
  zonedOfEpochSecond(localEpochSecond(local) - value.offset, local.time.nano, value.zone);

function plus(value: Zoned, count: bigint, unit: JavaEnum): Zoned {
  const local = plusToDateTime(value.local, count, unit);
  return isTimeUnit(unit) ? onInstantLine(value, local) : onLocalLine(value, local);
}

function zonedFrom(value: unknown): Zoned {
  if (value instanceof JavaZonedDateTime) return value;
  if (value === null) throw nullPointer('temporal');
  throw dates.dateTimeException('Unable to obtain ZonedDateTime from TemporalAccessor');
}

function parse(text: string | null, formatter: JavaDateTimeFormatter | null): Zoned {
  const { date, time, offset, zone } = parseTemporal(notNull(formatter, 'formatter'), notNull(text, 'text'));
  const place = zone ?? (offset === undefined ? undefined : offsetZone(offset));
  if (date === undefined || time === undefined || place === undefined) {
    throw new JavaException(
      'DateTimeParseException',
      `Text '${text?.slice(0, 64)}' could not be parsed: Unable to obtain ZonedDateTime from TemporalAccessor`,
    );
  }
  const local = new JavaLocalDateTime(date, time);
  return offset === undefined
    ? zonedOfLocal(local, place)
    : zonedOfEpochSecond(localEpochSecond(local) - offset, time.nano, place);
}

/** The table of a LocalDateTime, lifted: the local part moves, then the zone decides. */
function lifted(table: Handlers, settle: (value: Zoned, local: JavaLocalDateTime) => Zoned): Handlers {
  return Object.fromEntries(
    Object.entries(table).map(([name, handler]) => {
      const move = handler as unknown as (local: JavaLocalDateTime, ...rest: unknown[]) => JavaLocalDateTime;
      return [name, (value: Zoned, ...rest: unknown[]) => settle(value, move(value.local, ...rest))];
    }),
  );
}

const fields: Handlers = Object.fromEntries(
  Object.entries(DATE_TIME_FIELDS).map(([name, read]) => [name, (value: Zoned) => read(value.local)]),
);

const temporal = (value: Zoned) =>
  temporalOf(value) ?? { date: undefined, time: undefined, offset: undefined, zone: undefined };

function withZonedField(value: Zoned, field: JavaEnum, amount: bigint): Zoned {
  if (field.name === 'INSTANT_SECONDS')
    return zonedOfEpochSecond(dates.amount(amount), value.local.time.nano, value.zone);
  if (field.name === 'OFFSET_SECONDS') {
    const offset = dates.checkRange('OffsetSeconds', dates.amount(amount), -64_800, 64_800);
    const isValid = validOffsets(value.zone, value.local).offsets.includes(offset);
    return isValid ? new JavaZonedDateTime(value.local, offset, value.zone) : value;
  }
  return onLocalLine(value, withField(value.local, field, amount));
}

function until(value: Zoned, end: unknown, unit: JavaEnum): bigint {
  const other = zonedFrom(end);
  const moved = zonedOfEpochSecond(zonedEpochSecond(other), other.local.time.nano, value.zone);
  if (!isTimeUnit(unit)) return untilDateTime(value.local, moved.local, unit);
  const utc = (zoned: Zoned) => zonedOfEpochSecond(zonedEpochSecond(zoned), zoned.local.time.nano, UTC).local;
  return untilDateTime(utc(value), utc(other), unit);
}

function atOverlap(value: Zoned, later: boolean): Zoned {
  const { offsets } = validOffsets(value.zone, value.local);
  const [first, second = first] = offsets;
  return new JavaZonedDateTime(value.local, (later ? second : first) ?? value.offset, value.zone);
}

function strict(local: JavaLocalDateTime, offset: JavaZone, zone: JavaZone): Zoned {
  if (!validOffsets(zone, local).offsets.includes(offset.fixed ?? 0))
    throw dates.dateTimeException(`ZoneOffset '${offset.id}' is not valid for LocalDateTime in zone '${zone.id}'`);
  return new JavaZonedDateTime(local, offset.fixed ?? 0, zone);
}

export const ZONED_DATE_TIME = defineType('java.time.ZonedDateTime', {
  supertypes: ['Temporal', 'TemporalAccessor', 'ChronoZonedDateTime', 'Comparable'],
  statics: {
    '@now()': (environment: JavaEnvironment) => ofInstant(instantOfMillis(BigInt(environment.now())), UTC),
    '@now(ZoneId)': (environment: JavaEnvironment, zone: JavaZone) =>
      ofInstant(instantOfMillis(BigInt(environment.now())), zone),
    'of(LocalDate,LocalTime,ZoneId)': (date: JavaLocalDate, time: JavaLocalTime, zone: JavaZone) =>
      zonedOfLocal(new JavaLocalDateTime(date, time), zone),
    'of(LocalDateTime,ZoneId)': (local: JavaLocalDateTime, zone: JavaZone) => zonedOfLocal(local, zone),
    'of(int,int,int,int,int,int,int,ZoneId)': (
      year: number,
      month: number,
      day: number,
      hour: number,
      minute: number,
      second: number,
      nano: number,
      zone: JavaZone,
    ) => zonedOfLocal(new JavaLocalDateTime(dates.dateOf(year, month, day), timeOf(hour, minute, second, nano)), zone),
    'ofLocal(LocalDateTime,ZoneId,ZoneOffset)': (local: JavaLocalDateTime, zone: JavaZone, offset: JavaZone | null) =>
      zonedOfLocal(local, zone, offset?.fixed),
    'ofInstant(Instant,ZoneId)': ofInstant,
    'ofInstant(LocalDateTime,ZoneOffset,ZoneId)': (local: JavaLocalDateTime, offset: JavaZone, zone: JavaZone) =>
      zonedOfEpochSecond(localEpochSecond(local) - (offset.fixed ?? 0), local.time.nano, zone),
    'ofStrict(LocalDateTime,ZoneOffset,ZoneId)': strict,
    'from(TemporalAccessor)': zonedFrom,
    'parse(CharSequence)': (text: string | null) => parse(text, FORMATTERS.ISO_ZONED_DATE_TIME),
    'parse(CharSequence,DateTimeFormatter)': parse,
  },
  methods: {
    ...fields,
    ...lifted(DATE_MOVES, onLocalLine),
    ...lifted(TIME_MOVES, onInstantLine),
    'getOffset()': (value: Zoned) => offsetZone(value.offset),
    'getZone()': (value: Zoned) => value.zone,
    'get(TemporalField):int': (value: Zoned, field: JavaEnum) => intField(temporal(value), field),
    'getLong(TemporalField):long': (value: Zoned, field: JavaEnum) => chronoField(temporal(value), field),
    'isSupported(TemporalField):boolean': (value: Zoned, field: JavaEnum | null) =>
      field !== null && supportsField(temporal(value), field),
    'isSupported(TemporalUnit):boolean': (_: Zoned, unit: JavaEnum | null) => unit !== null && unit.name !== 'FOREVER',
    'plus(long,TemporalUnit)': plus,
    'minus(long,TemporalUnit)': (value: Zoned, count: bigint, unit: JavaEnum) => plus(value, -count, unit),
    'with(TemporalField,long)': withZonedField,
    'with(TemporalAdjuster)': (value: Zoned, adjuster: unknown) =>
      onLocalLine(value, adjustDateTime(value.local, adjuster)),
    'until(Temporal,TemporalUnit):long': until,
    'format(DateTimeFormatter)': (value: Zoned, formatter: JavaDateTimeFormatter | null) =>
      print(notNull(formatter, 'formatter'), temporal(value)),
    'toLocalDate()': (value: Zoned) => value.local.date,
    'toLocalTime()': (value: Zoned) => value.local.time,
    'toLocalDateTime()': (value: Zoned) => value.local,
    'toOffsetDateTime()': (value: Zoned) => new JavaOffsetDateTime(value.local, value.offset),
    'withZoneSameInstant(ZoneId)': (value: Zoned, zone: JavaZone) =>
      zonedOfEpochSecond(zonedEpochSecond(value), value.local.time.nano, notNull(zone, 'zone')),
    'withZoneSameLocal(ZoneId)': (value: Zoned, zone: JavaZone) =>
      zonedOfLocal(value.local, notNull(zone, 'zone'), value.offset),
    'withFixedOffsetZone()': (value: Zoned) =>
      new JavaZonedDateTime(value.local, value.offset, offsetZone(value.offset)),
    'withEarlierOffsetAtOverlap()': (value: Zoned) => atOverlap(value, false),
    'withLaterOffsetAtOverlap()': (value: Zoned) => atOverlap(value, true),
  },
  // Methods of an interface that the list does not name: they answer as properties only.
  properties: {
    toInstant: (value: Zoned) => new JavaInstant(zonedEpochSecond(value), value.local.time.nano),
    'toEpochSecond:long': (value: Zoned) => BigInt(zonedEpochSecond(value)),
  },
});
