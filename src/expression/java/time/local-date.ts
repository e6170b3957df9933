import { JavaException } from '../java-exception.ts';

/** java.time.LocalDate in the ISO calendar, extended backwards. Months count from 1. */
export class JavaLocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;

  constructor(year: number, month: number, day: number) {
    this.year = year;
    this.month = month;
    this.day = day;
  }
}

export const dateTimeException = (message: string) => new JavaException('DateTimeException', message);

const MAX_YEAR = 999_999_999;

export const isLeapYear = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export const lengthOfYear = (year: number) => (isLeapYear(year) ? 366 : 365);

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export const lengthOfMonth = (year: number, month: number) =>
  month === 2 && isLeapYear(year) ? 29 : (MONTH_LENGTHS[month - 1] ?? 31);

/** Checks a field against its range, which the message names as the original does. */
export function checkRange(field: string, value: number, min: number, max: number): number {
  if (value < min || value > max) {
    throw dateTimeException(`Invalid value for ${field} (valid values ${min} - ${max}): ${value}`);
  }
  return value;
}

const checkYear = (year: number) => checkRange('Year', year, -MAX_YEAR, MAX_YEAR);

/** LocalDate.of. */
export function dateOf(year: number, month: number, day: number): JavaLocalDate {
  checkYear(year);
  checkRange('MonthOfYear', month, 1, 12);
  checkRange('DayOfMonth', day, 1, 31);
  if (day > lengthOfMonth(year, month)) throw dateTimeException(`Invalid date: ${year}-${month}-${day}`);
  return new JavaLocalDate(year, month, day);
}

export function dateOfYearDay(year: number, dayOfYear: number): JavaLocalDate {
  checkYear(year);
  checkRange('DayOfYear', dayOfYear, 1, 366);
  if (dayOfYear > lengthOfYear(year))
    throw dateTimeException(`Invalid date 'DayOfYear 366' as '${year}' is not a leap year`);
  return fromEpochDay(toEpochDay(new JavaLocalDate(year, 1, 1)) + dayOfYear - 1);
}

/** The day with the nearest valid day of the month: 31 January and a month is 28 or 29 February. */
export function clampDay(year: number, month: number, day: number): JavaLocalDate {
  return new JavaLocalDate(checkYear(year), month, Math.min(day, lengthOfMonth(year, month)));
}

/** Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year. */
export function toEpochDay(date: JavaLocalDate): number {
  const year = date.month > 2 ? date.year : date.year - 1;
  const monthFromMarch = (date.month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + date.day - 1;
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear - 719_468;
}

export function fromEpochDay(epochDay: number): JavaLocalDate {
  const days = epochDay + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return new JavaLocalDate(checkYear(era * 400 + yearOfEra + (month <= 2 ? 1 : 0)), month, day);
}

/** 1 (Monday) to 7. */
export const dayOfWeek = (date: JavaLocalDate) => modulo(toEpochDay(date) + 3, 7) + 1;

export const dayOfYear = (date: JavaLocalDate) => toEpochDay(date) - toEpochDay(new JavaLocalDate(date.year, 1, 1)) + 1;

export const modulo = (value: number, divisor: number) => value - Math.floor(value / divisor) * divisor;

const LIMIT = 2 ** 53;

/** A long that would leave the range of dates anyway is refused before it loses digits. */
export function amount(value: bigint): number {
  const number = Number(value);
  if (Math.abs(number) >= LIMIT) throw dateTimeException(`Exceeds capacity of a date: ${value}`);
  return number;
}

export function plusDays(date: JavaLocalDate, days: bigint): JavaLocalDate {
  return days === 0n ? date : fromEpochDay(toEpochDay(date) + amount(days));
}

export function plusMonths(date: JavaLocalDate, months: bigint): JavaLocalDate {
  const total = date.year * 12 + date.month - 1 + amount(months);
  return clampDay(Math.floor(total / 12), modulo(total, 12) + 1, date.day);
}

export function plusYears(date: JavaLocalDate, years: bigint): JavaLocalDate {
  return clampDay(date.year + amount(years), date.month, date.day);
}

export function compareDates(a: JavaLocalDate, b: JavaLocalDate): number {
  return a.year - b.year || a.month - b.month || a.day - b.day;
}

/** Whole months from one date to the other. */
export function monthsBetween(from: JavaLocalDate, to: JavaLocalDate): number {
  const packed = (date: JavaLocalDate) => (date.year * 12 + date.month - 1) * 32 + date.day;
  return Math.trunc((packed(to) - packed(from)) / 32);
}

export function dateToString(date: JavaLocalDate): string {
  return `${yearText(date.year)}-${pad2(date.month)}-${pad2(date.day)}`;
}

function yearText(year: number): string {
  const digits = String(Math.abs(year)).padStart(4, '0');
  return year < 0 ? `-${digits}` : year > 9999 ? `+${digits}` : digits;
}

export const pad2 = (value: number) => String(value).padStart(2, '0');

export const dateHash = (date: JavaLocalDate) =>
  (date.year & 0xffff_f800) ^ ((date.year << 11) + (date.month << 6) + date.day);
