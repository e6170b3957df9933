import { LRUCache } from 'lru-cache';
import type { TextStyle } from './pattern-item.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

const cut = (names: readonly string[], style: TextStyle) =>
  style === 'long' ? names : names.map((name) => name.slice(0, style === 'short' ? 3 : 1));

const isEnglish = (locale: string) => locale === 'en' || locale === 'en-US' || locale === 'und';

/** Twelve names; in a language with cases the form inside a date differs from the standalone form. */
export function monthNames(locale: string, style: TextStyle, standalone: boolean): readonly string[] {
  if (isEnglish(locale)) return cut(MONTHS, style);
  return cached(`m ${locale} ${style} ${standalone}`, () => {
    // These write the month as a number with a sign after it.
    if (/^(?:ja|zh|ko)/.test(locale) && style !== 'narrow') {
      const whole = new Intl.DateTimeFormat(locale, { month: style, timeZone: 'UTC' });
      return MONTHS.map((_, month) => whole.format(Date.UTC(2024, month, 1)));
    }
    const options: Intl.DateTimeFormatOptions = standalone
      ? { month: style, timeZone: 'UTC' }
      : { month: style, day: 'numeric', timeZone: 'UTC' };
    const format = new Intl.DateTimeFormat(locale, options);
    return MONTHS.map((_, month) => part(format, Date.UTC(2024, month, 1), 'month'));
  });
}

/** Seven names, Monday first. */
export function dayNames(locale: string, style: TextStyle): readonly string[] {
  if (isEnglish(locale)) return cut(DAYS, style);
  return cached(`d ${locale} ${style}`, () => {
    const format = new Intl.DateTimeFormat(locale, { weekday: style, day: 'numeric', month: 'short', timeZone: 'UTC' });
    return DAYS.map((_, day) => part(format, Date.UTC(2024, 0, 1 + day), 'weekday'));
  });
}

export function amPmNames(locale: string): readonly string[] {
  if (isEnglish(locale)) return ['AM', 'PM'];
  return cached(`a ${locale}`, () => {
    const format = new Intl.DateTimeFormat(locale, { hour: 'numeric', hour12: true, timeZone: 'UTC' });
    return [1, 13].map((hour) => part(format, Date.UTC(2024, 0, 1, hour), 'dayPeriod'));
  });
}

export function eraNames(style: TextStyle): readonly string[] {
  return style === 'long' ? ['Before Christ', 'Anno Domini'] : style === 'narrow' ? ['B', 'A'] : ['BC', 'AD'];
}

export function quarterNames(style: TextStyle): readonly string[] {
  if (style === 'long') return ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'];
  return style === 'narrow' ? ['1', '2', '3', '4'] : ['Q1', 'Q2', 'Q3', 'Q4'];
}

export function dayPeriodName(hour: number, minute: number, style: TextStyle): string {
  if (minute === 0 && hour % 12 === 0) {
    const short = style === 'narrow' ? ['mi', 'n'] : ['midnight', 'noon'];
    return short[hour === 0 ? 0 : 1] ?? '';
  }
  if (hour >= 6 && hour < 12) return 'in the morning';
  if (hour >= 12 && hour < 18) return 'in the afternoon';
  return hour >= 18 && hour < 21 ? 'in the evening' : 'at night';
}

const cache = new LRUCache<string, readonly string[]>({ max: 500 });

function cached(key: string, make: () => readonly string[]): readonly string[] {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const names = make();
  cache.set(key, names);
  return names;
}

function part(format: Intl.DateTimeFormat, instant: number, type: string): string {
  return format.formatToParts(instant).find((found) => found.type === type)?.value ?? '';
}

/**
 * Short names that the original prints and Intl leaves out in English outside the Americas. By the long English name.
 */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  'Coordinated Universal Time': 'UTC',
  'Greenwich Mean Time': 'GMT',
  'British Summer Time': 'BST',
  'Irish Standard Time': 'IST',
  'Central European Standard Time': 'CET',
  'Central European Summer Time': 'CEST',
  'Eastern European Standard Time': 'EET',
  'Eastern European Summer Time': 'EEST',
  'Western European Standard Time': 'WET',
  'Western European Summer Time': 'WEST',
  'Moscow Standard Time': 'MSK',
  'India Standard Time': 'IST',
  'Japan Standard Time': 'JST',
  'Korean Standard Time': 'KST',
  'China Standard Time': 'CST',
  'Hong Kong Standard Time': 'HKT',
  'Singapore Standard Time': 'SGT',
  'Australian Eastern Standard Time': 'AEST',
  'Australian Eastern Daylight Time': 'AEDT',
  'Australian Western Standard Time': 'AWST',
  'New Zealand Standard Time': 'NZST',
  'New Zealand Daylight Time': 'NZDT',
  'South Africa Standard Time': 'SAST',
  'Israel Standard Time': 'IST',
  'Israel Daylight Time': 'IDT',
};

/** The name of a zone at an instant: `UTC`, `CEST`, `Central European Summer Time`. */
export function zoneName(
  zoneId: string,
  epochSecond: number,
  style: TextStyle,
  generic: boolean,
  locale: string,
): string {
  if (/^(?:UTC|Z|Etc\/UTC)$/.test(zoneId)) return style === 'long' ? 'Coordinated Universal Time' : 'UTC';
  if (/^(?:GMT|Etc\/GMT)$/.test(zoneId)) return style === 'long' ? 'Greenwich Mean Time' : 'GMT';
  if (generic) return intlZoneName(zoneId, epochSecond, style === 'long' ? 'longGeneric' : 'shortGeneric', locale);
  if (style === 'long') return intlZoneName(zoneId, epochSecond, 'long', locale);
  const long = intlZoneName(zoneId, epochSecond, 'long', 'en-US');
  return Object.hasOwn(ABBREVIATIONS, long)
    ? (ABBREVIATIONS[long] ?? long)
    : intlZoneName(zoneId, epochSecond, 'short', locale);
}

function intlZoneName(
  zoneId: string,
  second: number,
  style: 'long' | 'short' | 'longGeneric' | 'shortGeneric',
  locale: string,
): string {
  const instant = Math.max(-8.64e15, Math.min(8.64e15, second * 1000));
  try {
    const format = new Intl.DateTimeFormat(locale, { timeZone: zoneId, timeZoneName: style });
    return part(format, instant, 'timeZoneName');
  } catch {
    // A fixed offset such as GMT+05:00 has no other name.
    return zoneId;
  }
}
