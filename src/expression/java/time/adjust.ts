import { JavaEnum } from '../java-enum.ts';
import { JavaException, nullPointer } from '../java-exception.ts';
import { chronoField, unitText } from './chrono.ts';
import {
  amount,
  checkRange,
  clampDay,
  dateOf,
  dateOfYearDay,
  dateTimeException,
  dayOfWeek,
  fromEpochDay,
  JavaLocalDate,
  lengthOfMonth,
  plusDays,
  plusMonths,
} from './local-date.ts';
import { JavaLocalDateTime } from './local-date-time.ts';
import { JavaLocalTime, nanoOfDay, timeOf, timeOfNanoOfDay } from './local-time.ts';

/** with(TemporalField, long) of a date. */
export function withDateField(date: JavaLocalDate, field: JavaEnum, value: bigint): JavaLocalDate {
  const number = amount(value);
  const relative = () => value - chronoField({ date, time: undefined, offset: undefined, zone: undefined }, field);
  switch (field.name) {
    case 'DAY_OF_WEEK':
      return plusDays(date, BigInt(checkRange('DayOfWeek', number, 1, 7) - dayOfWeek(date)));
    case 'DAY_OF_MONTH':
      return dateOf(date.year, date.month, number);
    case 'DAY_OF_YEAR':
      return dateOfYearDay(date.year, number);
    case 'EPOCH_DAY':
      return fromEpochDay(number);
    case 'MONTH_OF_YEAR':
      return clampDay(date.year, checkRange('MonthOfYear', number, 1, 12), date.day);
    case 'PROLEPTIC_MONTH':
      return plusMonths(date, relative());
    case 'YEAR':
      return clampDay(number, date.month, date.day);
    case 'YEAR_OF_ERA':
      return clampDay(date.year >= 1 ? number : 1 - number, date.month, date.day);
    case 'ERA':
      return (date.year >= 1 ? 1 : 0) === checkRange('Era', number, 0, 1)
        ? date
        : clampDay(1 - date.year, date.month, date.day);
    case 'ALIGNED_WEEK_OF_MONTH':
      checkRange('AlignedWeekOfMonth', number, 1, lengthOfMonth(date.year, date.month) === 28 ? 4 : 5);
      return plusDays(date, relative() * 7n);
    case 'ALIGNED_DAY_OF_WEEK_IN_MONTH':
      checkRange('AlignedDayOfWeekInMonth', number, 1, 7);
      return plusDays(date, relative());
    default:
      throw new JavaException('UnsupportedTemporalTypeException', `Unsupported field: ${unitText(field)}`);
  }
}

/** with(TemporalField, long) of a time, undefined if the field is not one of a time. */
export function withTimeField(time: JavaLocalTime, field: JavaEnum, value: bigint): JavaLocalTime | undefined {
  const number = amount(value);
  const { hour, minute, second, nano } = time;
  switch (field.name) {
    case 'HOUR_OF_DAY':
      return timeOf(number, minute, second, nano);
    case 'CLOCK_HOUR_OF_DAY':
      return timeOf(checkRange('ClockHourOfDay', number, 1, 24) % 24, minute, second, nano);
    case 'HOUR_OF_AMPM':
      return timeOf(checkRange('HourOfAmPm', number, 0, 11) + (hour < 12 ? 0 : 12), minute, second, nano);
    case 'CLOCK_HOUR_OF_AMPM':
      return timeOf((checkRange('ClockHourOfAmPm', number, 1, 12) % 12) + (hour < 12 ? 0 : 12), minute, second, nano);
    case 'AMPM_OF_DAY':
      return timeOf((hour % 12) + 12 * checkRange('AmPmOfDay', number, 0, 1), minute, second, nano);
    case 'MINUTE_OF_HOUR':
      return timeOf(hour, number, second, nano);
    case 'SECOND_OF_MINUTE':
      return timeOf(hour, minute, number, nano);
    case 'NANO_OF_SECOND':
      return timeOf(hour, minute, second, number);
    case 'MICRO_OF_SECOND':
      return timeOf(hour, minute, second, checkRange('MicroOfSecond', number, 0, 999_999) * 1000);
    case 'MILLI_OF_SECOND':
      return timeOf(hour, minute, second, checkRange('MilliOfSecond', number, 0, 999) * 1_000_000);
    case 'NANO_OF_DAY':
      return timeOfNanoOfDay(BigInt(checkRange('NanoOfDay', number, 0, 86_399_999_999_999)));
    case 'MICRO_OF_DAY':
      return timeOfNanoOfDay(BigInt(checkRange('MicroOfDay', number, 0, 86_399_999_999)) * 1000n);
    case 'MILLI_OF_DAY':
      return timeOfNanoOfDay(BigInt(checkRange('MilliOfDay', number, 0, 86_399_999)) * 1_000_000n);
    case 'SECOND_OF_DAY':
      return timeOfNanoOfDay(BigInt(checkRange('SecondOfDay', number, 0, 86_399)) * 1_000_000_000n + BigInt(nano));
    case 'MINUTE_OF_DAY':
      return timeOfNanoOfDay(
        BigInt(checkRange('MinuteOfDay', number, 0, 1439)) * 60_000_000_000n + (nanoOfDay(time) % 60_000_000_000n),
      );
    default:
      return undefined;
  }
}

/** with(TemporalAdjuster) where the adjuster is itself a date, a time, a month or a day. */
export function adjustDateTime(value: JavaLocalDateTime, adjuster: unknown): JavaLocalDateTime {
  if (adjuster === null) throw nullPointer('the adjuster is null');
  if (adjuster instanceof JavaLocalDate) return new JavaLocalDateTime(adjuster, value.time);
  if (adjuster instanceof JavaLocalTime) return new JavaLocalDateTime(value.date, adjuster);
  if (adjuster instanceof JavaLocalDateTime) return adjuster;
  if (adjuster instanceof JavaEnum && adjuster.type === 'java.time.Month') {
    return new JavaLocalDateTime(clampDay(value.date.year, adjuster.ordinal + 1, value.date.day), value.time);
  }
  if (adjuster instanceof JavaEnum && adjuster.type === 'java.time.DayOfWeek') {
    return new JavaLocalDateTime(
      plusDays(value.date, BigInt(adjuster.ordinal + 1 - dayOfWeek(value.date))),
      value.time,
    );
  }
  throw dateTimeException('this adjuster is not supported');
}
