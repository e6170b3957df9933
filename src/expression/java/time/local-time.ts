import { checkRange, pad2 } from './local-date.ts';

/** java.time.LocalTime. */
export class JavaLocalTime {
  static readonly MIDNIGHT = new JavaLocalTime(0, 0, 0, 0);

  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nano: number;

  constructor(hour: number, minute: number, second: number, nano: number) {
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.nano = nano;
  }
}

export const NANOS_PER_SECOND = 1_000_000_000n;
export const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;

export function timeOf(hour: number, minute: number, second = 0, nano = 0): JavaLocalTime {
  checkRange('HourOfDay', hour, 0, 23);
  checkRange('MinuteOfHour', minute, 0, 59);
  checkRange('SecondOfMinute', second, 0, 59);
  checkRange('NanoOfSecond', nano, 0, 999_999_999);
  return new JavaLocalTime(hour, minute, second, nano);
}

export const secondOfDay = (time: JavaLocalTime) => time.hour * 3600 + time.minute * 60 + time.second;

export const nanoOfDay = (time: JavaLocalTime) => BigInt(secondOfDay(time)) * NANOS_PER_SECOND + BigInt(time.nano);

export function timeOfNanoOfDay(nanos: bigint): JavaLocalTime {
  return timeOfSecond(Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND));
}

export function timeOfSecond(second: number, nano: number): JavaLocalTime {
  return new JavaLocalTime(Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60, nano);
}

export function timeToString(time: JavaLocalTime): string {
  const short = `${pad2(time.hour)}:${pad2(time.minute)}`;
  if (time.second === 0 && time.nano === 0) return short;
  return `${short}:${pad2(time.second)}${fractionText(time.nano)}`;
}

/** Nanoseconds in groups of three digits, as many as needed. */
export function fractionText(nano: number): string {
  if (nano === 0) return '';
  const digits = String(nano).padStart(9, '0');
  return `.${digits.replace(/(?:000){1,2}$/, '')}`;
}

export function compareTimes(a: JavaLocalTime, b: JavaLocalTime): number {
  const left = nanoOfDay(a);
  const right = nanoOfDay(b);
  return left > right ? 1 : left < right ? -1 : 0;
}
