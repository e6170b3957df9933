import { JavaException } from '../java-exception.ts';
import { pad2 } from './local-date.ts';
import { fromLocalEpochSecond } from './local-date-time.ts';
import { dayNames, monthNames, zoneName } from './names.ts';
import { fieldValue, type Temporal } from './temporal-fields.ts';
import { type JavaZone, offsetAt, UTC, zoneOf } from './zone.ts';

/** java.util.Date: milliseconds since the epoch. Its setters change it, as in Java. */
export class JavaDate {
  time: bigint;

  constructor(time: bigint) {
    this.time = time;
  }
}

/** java.time.Instant. */
export class JavaInstant {
  readonly second: number;
  readonly nano: number;

  constructor(second: number, nano: number) {
    this.second = second;
    this.nano = nano;
  }
}

export function instantOfMillis(millis: bigint): JavaInstant {
  const second = floorDivide(millis, 1000n);
  return new JavaInstant(Number(second), Number(millis - second * 1000n) * 1_000_000);
}

const floorDivide = (a: bigint, b: bigint) => (a >= 0n || a % b === 0n ? a / b : a / b - 1n);

export function millisOf(second: number, nano: number): bigint {
  return BigInt(second) * 1000n + BigInt(Math.floor(nano / 1_000_000));
}

/** The fields of a time in a zone. Dates beyond the years of LocalDate have none. */
export function temporalOfMillis(millis: bigint, zone: JavaZone = UTC): Temporal {
  const { second, nano } = instantOfMillis(millis);
  const offset = offsetAt(zone, second);
  const local = fromLocalEpochSecond(second + offset, nano);
  return { date: local.date, time: local.time, offset, zone };
}

/** Date.toString in UTC: `Tue Nov 14 22:13:20 UTC 2023`. */
export function dateText(millis: bigint): string {
  const temporal = temporalOfMillis(millis);
  const field = (name: Parameters<typeof fieldValue>[1]) => fieldValue(temporal, name) ?? 0;
  const clock = `${pad2(field('HourOfDay'))}:${pad2(field('MinuteOfHour'))}:${pad2(field('SecondOfMinute'))}`;
  const day = dayNames('en-US', 'short')[field('DayOfWeek') - 1];
  const month = monthNames('en-US', 'short', false)[field('MonthOfYear') - 1];
  return `${day} ${month} ${pad2(field('DayOfMonth'))} ${clock} UTC ${field('YearOfEra')}`;
}

/** java.util.TimeZone.getTimeZone: what is unknown means GMT. */
export function timeZoneOf(id: string): JavaZone {
  const legacy: Readonly<Record<string, string>> = { EST: '-05:00', MST: '-07:00', HST: '-10:00' };
  const custom = /^GMT([+-])(\d{1,2}):?(\d\d)?$/.exec(id);
  if (custom !== null) {
    const [, sign, hours = '0', minutes = '00'] = custom;
    if (Number(hours) > 23 || Number(minutes) > 59) return zoneOf('GMT');
    const seconds = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
    return {
      id: seconds === 0 ? 'GMT' : `GMT${sign}${hours.padStart(2, '0')}:${minutes}`,
      fixed: seconds,
      isOffset: false,
    };
  }
  if (/^(?:UTC|GMT|UT|Z)$/.test(id)) return { id: id === 'Z' ? 'GMT' : id, fixed: 0, isOffset: false };
  if (Object.hasOwn(legacy, id)) return { id, fixed: (Number(legacy[id]?.slice(0, 3)) || 0) * 3600, isOffset: false };
  try {
    const zone = zoneOf(id);
    return zone.fixed === undefined ? zone : zoneOf('GMT');
  } catch (error) {
    if (error instanceof JavaException) return zoneOf('GMT');
    throw error;
  }
}

export const timeZoneName = (zone: JavaZone, millis: bigint, style: 'long' | 'short', locale: string) =>
  zoneName(zone.id, Number(floorDivide(millis, 1000n)), style, false, locale);
