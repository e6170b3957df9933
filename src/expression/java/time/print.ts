import { JavaException } from '../java-exception.ts';
import { dateTimeException, modulo, pad2, toEpochDay } from './local-date.ts';
import { dateTimeToString, fromLocalEpochSecond, JavaLocalDateTime, localEpochSecond } from './local-date-time.ts';
import { fractionText, secondOfDay } from './local-time.ts';
import { amPmNames, dayNames, dayPeriodName, eraNames, monthNames, quarterNames, zoneName } from './names.ts';
import type { Field, FractionItem, Item, JavaDateTimeFormatter, NumberItem, TextStyle } from './pattern-item.ts';
import { fieldValue, type Temporal } from './temporal-fields.ts';
import { type JavaZone, offsetAt, zoneOf } from './zone.ts';

export function print(formatter: JavaDateTimeFormatter, temporal: Temporal): string {
  const adjusted = formatter.zone === undefined ? temporal : inZone(temporal, zoneOf(formatter.zone));
  return printItems(formatter.items, adjusted, formatter.locale);
}

/** An instant moves to the formatter's zone; a local value only takes it. */
function inZone(temporal: Temporal, zone: JavaZone): Temporal {
  if (temporal.date === undefined || temporal.time === undefined || temporal.offset === undefined)
    return { ...temporal, zone };
  const second = localEpochSecond(new JavaLocalDateTime(temporal.date, temporal.time)) - temporal.offset;
  const offset = offsetAt(zone, second);
  const local = fromLocalEpochSecond(second + offset, temporal.time.nano);
  return { date: local.date, time: local.time, offset, zone };
}

function printItems(items: readonly Item[], temporal: Temporal, locale: string): string {
  let text = '';
  for (const item of items) text += printItem(item, temporal, locale);
  return text;
}

const unsupported = (field: string) =>
  new JavaException('UnsupportedTemporalTypeException', `Unsupported field: ${field}`);

function printItem(item: Item, temporal: Temporal, locale: string): string {
  switch (item.kind) {
    case 'literal':
      return item.text;
    case 'number':
      return printNumber(item, numberOf(temporal, item.field));
    case 'fraction':
      return printFraction(item, numberOf(temporal, 'NanoOfSecond'));
    case 'text':
      return printText(item.field, numberOf(temporal, item.field), item.style, item.standalone, locale);
    case 'dayPeriod':
      return dayPeriodName(numberOf(temporal, 'HourOfDay'), numberOf(temporal, 'MinuteOfHour'), item.style);
    case 'offset':
      return printOffset(offsetOf(temporal), item.pattern, item.none);
    case 'localizedOffset':
      return printLocalizedOffset(offsetOf(temporal), item.style);
    case 'zoneId':
      return zoneOfTemporal(temporal).id;
    case 'zoneText':
      return printZoneText(temporal, item.style, item.generic, locale);
    case 'instant':
      return printInstant(temporal);
    case 'mode':
      return '';
    case 'pad':
      return printPadded(printItem(item.item, temporal, locale), item.width);
    case 'optional':
      return printOptional(item.items, temporal, locale);
  }
}

/** An optional section whose fields the value lacks prints nothing. */
function printOptional(items: readonly Item[], temporal: Temporal, locale: string): string {
  return items.every((item) => isAvailable(item, temporal)) ? printItems(items, temporal, locale) : '';
}

function isAvailable(item: Item, temporal: Temporal): boolean {
  switch (item.kind) {
    case 'number':
    case 'text':
      return fieldValue(temporal, item.field) !== undefined;
    case 'fraction':
    case 'dayPeriod':
      return temporal.time !== undefined;
    case 'offset':
    case 'localizedOffset':
    case 'instant':
      return temporal.offset !== undefined;
    case 'zoneId':
      return temporal.zone !== undefined && !(item.regionOnly && temporal.zone.isOffset);
    case 'zoneText':
      return temporal.zone !== undefined;
    case 'pad':
      return isAvailable(item.item, temporal);
    default:
      return true;
  }
}

function printPadded(text: string, width: number): string {
  if (text.length > width)
    throw dateTimeException(`Cannot print as output of ${text.length} characters exceeds pad width of ${width}`);
  return text.padStart(width);
}

function printNumber(item: NumberItem, value: number): string {
  if (item.base !== undefined) return pad2(modulo(Math.abs(value), 100));
  const digits = String(Math.abs(value));
  if (digits.length > item.max) {
    throw dateTimeException(
      `Field ${item.field} cannot be printed as the value ${value} exceeds the maximum print width of ${item.max}`,
    );
  }
  if (value < 0 && item.sign === 'notNegative') {
    throw dateTimeException(
      `Field ${item.field} cannot be printed as the value ${value} cannot be negative according to the SignStyle`,
    );
  }
  const plus = item.sign === 'exceedsPad' && item.min < 19 && digits.length > item.min ? '+' : '';
  return (value < 0 ? '-' : plus) + digits.padStart(item.min, '0');
}

function printFraction(item: FractionItem, nano: number): string {
  const digits = String(nano).padStart(9, '0').slice(0, item.max).replace(/0+$/, '').padEnd(item.min, '0');
  return digits !== '' && item.point ? `.${digits}` : digits;
}

function printText(field: Field, value: number, style: TextStyle, standalone: boolean, locale: string): string {
  return textsOf(field, style, standalone, locale)[indexOfText(field, value)] ?? String(value);
}

/** The texts of a field in the order of its values. */
export function textsOf(field: Field, style: TextStyle, standalone: boolean, locale: string): readonly string[] {
  switch (field) {
    case 'MonthOfYear':
      return monthNames(locale, style, standalone);
    case 'DayOfWeek':
      return dayNames(locale, style);
    case 'AmPmOfDay':
      return amPmNames(locale);
    case 'Era':
      return eraNames(style);
    case 'QuarterOfYear':
      return quarterNames(style);
    default:
      return [];
  }
}

/** Eras and halves of a day count from 0, the others from 1. */
export const indexOfText = (field: Field, value: number) =>
  field === 'Era' || field === 'AmPmOfDay' ? value : value - 1;

function offsetOf(temporal: Temporal): number {
  if (temporal.offset === undefined) throw unsupported('OffsetSeconds');
  return temporal.offset;
}

function zoneOfTemporal(temporal: Temporal): JavaZone {
  if (temporal.zone === undefined) throw dateTimeException('Unable to extract ZoneId from temporal');
  return temporal.zone;
}

/** In the notation of DateTimeFormatterBuilder.appendOffset: capital letters always, small ones where not zero. */
export function printOffset(seconds: number, pattern: string, none: string): string {
  if (seconds === 0) return none;
  const magnitude = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(magnitude / 3600), Math.floor(magnitude / 60) % 60, magnitude % 60];
  const colon = pattern.includes(':') ? ':' : '';
  let text = `${seconds < 0 ? '-' : '+'}${pad2(hours)}`;
  const showsSeconds = pattern.includes('SS') || (pattern.includes('ss') && rest > 0);
  if (pattern.includes('MM') || (pattern.includes('mm') && minutes > 0) || showsSeconds) text += colon + pad2(minutes);
  if (showsSeconds) text += colon + pad2(rest);
  return /^[+-][0:]+$/.test(text) ? none : text;
}

function printLocalizedOffset(seconds: number, style: TextStyle): string {
  if (seconds === 0) return 'GMT';
  const magnitude = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(magnitude / 3600), Math.floor(magnitude / 60) % 60, magnitude % 60];
  const sign = seconds < 0 ? '-' : '+';
  const tail = rest === 0 ? '' : `:${pad2(rest)}`;
  if (style === 'long') return `GMT${sign}${pad2(hours)}:${pad2(minutes)}${tail}`;
  return `GMT${sign}${hours}${minutes === 0 && rest === 0 ? '' : `:${pad2(minutes)}${tail}`}`;
}

function printZoneText(temporal: Temporal, style: TextStyle, generic: boolean, locale: string): string {
  const zone = zoneOfTemporal(temporal);
  if (zone.isOffset || temporal.date === undefined) return zone.id;
  const seconds =
    toEpochDay(temporal.date) * 86_400 + (temporal.time === undefined ? 43_200 : secondOfDay(temporal.time));
  return zoneName(zone.id, seconds - (temporal.offset ?? 0), style, generic, locale);
}

function printInstant(temporal: Temporal): string {
  if (temporal.date === undefined || temporal.time === undefined || temporal.offset === undefined)
    throw unsupported('InstantSeconds');
  const second = localEpochSecond(new JavaLocalDateTime(temporal.date, temporal.time)) - temporal.offset;
  const local = fromLocalEpochSecond(second, temporal.time.nano);
  const text = dateTimeToString(local);
  const seconds = local.time.second === 0 && local.time.nano === 0 ? ':00' : '';
  return `${text}${seconds}Z`;
}

export const instantToString = (second: number, nano: number) => {
  const local = fromLocalEpochSecond(second, 0);
  const text = dateTimeToString(local);
  return `${text}${local.time.second === 0 ? ':00' : ''}${fractionText(nano)}Z`;
};

function numberOf(temporal: Temporal, field: Field): number {
  const value = fieldValue(temporal, field);
  if (value === undefined) throw unsupported(field);
  return value;
}
