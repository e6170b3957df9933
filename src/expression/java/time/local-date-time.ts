import {
  amount,
  compareDates,
  dateToString,
  fromEpochDay,
  type JavaLocalDate,
  modulo,
  monthsBetween,
  plusDays,
  toEpochDay,
} from './local-date.ts';
import {
  compareTimes,
  type JavaLocalTime,
  NANOS_PER_DAY,
  NANOS_PER_SECOND,
  nanoOfDay,
  secondOfDay,
  timeOfNanoOfDay,
  timeOfSecond,
  timeToString,
} from './local-time.ts';

/** java.time.LocalDateTime. */
export class JavaLocalDateTime {
  readonly date: JavaLocalDate;
  readonly time: JavaLocalTime;

  constructor(date: JavaLocalDate, time: JavaLocalTime) {
    this.date = date;
    this.time = time;
  }
}

/** Seconds since the epoch as if the date-time were UTC. */
export const localEpochSecond = (value: JavaLocalDateTime) => toEpochDay(value.date) * 86_400 + secondOfDay(value.time);

export function fromLocalEpochSecond(second: number, nano: number): JavaLocalDateTime {
  const day = Math.floor(second / 86_400);
  return new JavaLocalDateTime(fromEpochDay(day), timeOfSecond(modulo(second, 86_400), nano));
}

/** Adds whole nanoseconds; days carry over. */
export function plusNanos(value: JavaLocalDateTime, nanos: bigint): JavaLocalDateTime {
  if (nanos === 0n) return value;
  const total = nanoOfDay(value.time) + nanos;
  let days = total / NANOS_PER_DAY;
  let rest = total % NANOS_PER_DAY;
  if (rest < 0n) {
    rest += NANOS_PER_DAY;
    days -= 1n;
  }
  return new JavaLocalDateTime(plusDays(value.date, days), timeOfNanoOfDay(rest));
}

export const plusSeconds = (value: JavaLocalDateTime, seconds: bigint) =>
  plusNanos(value, BigInt(amount(seconds)) * NANOS_PER_SECOND);

export function compareDateTimes(a: JavaLocalDateTime, b: JavaLocalDateTime): number {
  return compareDates(a.date, b.date) || compareTimes(a.time, b.time);
}

export const dateTimeToString = (value: JavaLocalDateTime) => `${dateToString(value.date)}T${timeToString(value.time)}`;

/** Nanoseconds from one to the other. */
export function nanosBetween(from: JavaLocalDateTime, to: JavaLocalDateTime): bigint {
  return (
    BigInt(toEpochDay(to.date) - toEpochDay(from.date)) * NANOS_PER_DAY + nanoOfDay(to.time) - nanoOfDay(from.time)
  );
}

/** Whole months from one to the other, the time of day considered. */
export function monthsBetweenDateTimes(from: JavaLocalDateTime, to: JavaLocalDateTime): number {
  let end = to.date;
  const order = compareDates(end, from.date);
  if (order > 0 && compareTimes(to.time, from.time) < 0) end = plusDays(end, -1n);
  else if (order < 0 && compareTimes(to.time, from.time) > 0) end = plusDays(end, 1n);
  return monthsBetween(from.date, end);
}
