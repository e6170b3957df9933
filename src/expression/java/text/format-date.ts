import { pad2, toEpochDay } from '../time/local-date.ts';
import { nanoOfDay } from '../time/local-time.ts';
import { amPmNames, dayNames, monthNames, zoneName } from '../time/names.ts';
import type { Field } from '../time/pattern-item.ts';
import { printOffset } from '../time/print.ts';
import { fieldValue, type Temporal } from '../time/temporal-fields.ts';
import { formatException } from './format-specifier.ts';

const COMPOSED: Readonly<Record<string, string>> = {
  R: 'H:M',
  T: 'H:M:S',
  r: 'I:M:S p',
  D: 'm/d/y',
  F: 'Y-m-d',
  c: 'a b d T Z Y',
};

/** Within %tr the half of the day is in capitals. */
function composedField(letter: string, value: Temporal, locale: string): string {
  const text = formatDate(letter, value, locale);
  return letter === 'p' ? text.toUpperCase() : text;
}

/** %tX: one field of a date or a composition of several. */
export function formatDate(field: string, value: Temporal, locale: string): string {
  if (Object.hasOwn(COMPOSED, field)) {
    return (COMPOSED[field] ?? '').replace(/[A-Za-z]/g, (letter) => composedField(letter, value, locale));
  }
  const number = (name: Field) => {
    const found = fieldValue(value, name);
    if (found === undefined) throw formatException('UnsupportedTemporalTypeException', `Unsupported field: ${name}`);
    return found;
  };
  const padded = (name: Field, width: number) => String(number(name)).padStart(width, '0');
  switch (field) {
    case 'H':
      return padded('HourOfDay', 2);
    case 'k':
      return String(number('HourOfDay'));
    case 'I':
      return padded('ClockHourOfAmPm', 2);
    case 'l':
      return String(number('ClockHourOfAmPm'));
    case 'M':
      return padded('MinuteOfHour', 2);
    case 'S':
      return padded('SecondOfMinute', 2);
    case 'L':
      return String(Math.floor(number('NanoOfSecond') / 1e6)).padStart(3, '0');
    case 'N':
      return padded('NanoOfSecond', 9);
    case 'p':
      return (amPmNames(locale)[number('AmPmOfDay')] ?? '').toLowerCase();
    case 'z':
      return printOffset(offsetOf(value), '+HHMM', '+0000');
    case 'Z':
      return zoneText(value, locale);
    case 's':
      return String(epochMillis(value) / 1000n);
    case 'Q':
      return String(epochMillis(value));
    default:
      return formatDay(field, number, padded, locale);
  }
}

function formatDay(
  field: string,
  number: (name: Field) => number,
  padded: (name: Field, width: number) => string,
  locale: string,
): string {
  switch (field) {
    case 'B':
      return monthNames(locale, 'long', false)[number('MonthOfYear') - 1] ?? '';
    case 'b':
    case 'h':
      return monthNames(locale, 'short', false)[number('MonthOfYear') - 1] ?? '';
    case 'A':
      return dayNames(locale, 'long')[number('DayOfWeek') - 1] ?? '';
    case 'a':
      return dayNames(locale, 'short')[number('DayOfWeek') - 1] ?? '';
    case 'C':
      return pad2(Math.floor(number('YearOfEra') / 100));
    case 'Y':
      return padded('YearOfEra', 4);
    case 'y':
      return pad2(number('YearOfEra') % 100);
    case 'j':
      return padded('DayOfYear', 3);
    case 'm':
      return padded('MonthOfYear', 2);
    case 'd':
      return padded('DayOfMonth', 2);
    case 'e':
      return String(number('DayOfMonth'));
    default:
      throw formatException('UnknownFormatConversionException', `Conversion = 't${field}'`);
  }
}

function offsetOf(value: Temporal): number {
  if (value.offset === undefined)
    throw formatException('UnsupportedTemporalTypeException', 'Unsupported field: OffsetSeconds');
  return value.offset;
}

function epochMillis(value: Temporal): bigint {
  if (value.date === undefined || value.time === undefined)
    throw formatException('UnsupportedTemporalTypeException', 'Unsupported field: InstantSeconds');
  const local = BigInt(toEpochDay(value.date)) * 86_400_000n + nanoOfDay(value.time) / 1_000_000n;
  return local - BigInt(offsetOf(value)) * 1000n;
}

function zoneText(value: Temporal, locale: string): string {
  if (value.zone === undefined) throw formatException('DateTimeException', 'Unable to extract ZoneId from temporal');
  if (value.zone.isOffset) return value.zone.id;
  return zoneName(value.zone.id, Number(epochMillis(value) / 1000n), 'short', false, locale);
}
