import { illegalArgument, JavaException } from '../java-exception.ts';
import { limitPattern } from '../limits.ts';
import { runLength } from './date-time-pattern.ts';
import { millisOf, temporalOfMillis, timeZoneName, timeZoneOf } from './java-date.ts';
import { dayOfWeek, JavaLocalDate, modulo, pad2, toEpochDay } from './local-date.ts';
import { fromLocalEpochSecond } from './local-date-time.ts';
import { amPmNames, dayNames, eraNames, monthNames } from './names.ts';
import { printOffset } from './print.ts';
import { fieldValue, startOfWeekYear, type Temporal } from './temporal-fields.ts';
import { type JavaZone, parseOffset, UTC, zonedEpochSecond, zonedOfLocal } from './zone.ts';

type Part = { readonly letter: string; readonly count: number } | { readonly text: string };

/** java.text.SimpleDateFormat; always lenient, since an expression cannot change one and use it. */
export class JavaSimpleDateFormat {
  readonly pattern: string;
  readonly parts: readonly Part[];
  readonly locale: string;
  zone: JavaZone = UTC;

  constructor(pattern: string, locale = 'en-US') {
    this.pattern = pattern;
    this.parts = compile(pattern);
    this.locale = locale;
  }
}

function compile(pattern: string): Part[] {
  limitPattern(pattern);
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; ) {
    const character = pattern.charAt(at);
    if (/[A-Za-z]/.test(character)) {
      const count = runLength(pattern, at);
      if (!'GyMLdkHmsSEDFwWahKzZYuX'.includes(character))
        throw illegalArgument(`Illegal pattern character '${character}'`);
      if (character === 'X' && count > 3) throw illegalArgument(`invalid ISO 8601 format: length=${count}`);
      parts.push({ letter: character, count });
      at += count;
    } else if (character === "'") {
      const [text, end] = quoted(pattern, at);
      parts.push({ text });
      at = end;
    } else {
      parts.push({ text: character });
      at++;
    }
  }
  return parts;
}

function quoted(pattern: string, start: number): [string, number] {
  if (pattern[start + 1] === "'") return ["'", start + 2];
  let text = '';
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at];
    else if (pattern[at + 1] === "'") {
      text += "'";
      at++;
    } else return [text, at + 1];
  }
  throw illegalArgument('Unterminated quote');
}

export function formatSimpleDate(format: JavaSimpleDateFormat, millis: bigint): string {
  const temporal = temporalOfMillis(millis, format.zone);
  return format.parts.map((part) => ('text' in part ? part.text : printPart(part, temporal, millis, format))).join('');
}

const NUMBERS: Readonly<Record<string, Parameters<typeof fieldValue>[1]>> = {
  D: 'DayOfYear',
  d: 'DayOfMonth',
  F: 'AlignedWeekOfMonth',
  W: 'WeekOfMonth',
  w: 'WeekOfWeekBasedYear',
  u: 'DayOfWeek',
  H: 'HourOfDay',
  k: 'ClockHourOfDay',
  K: 'HourOfAmPm',
  h: 'ClockHourOfAmPm',
  m: 'MinuteOfHour',
  s: 'SecondOfMinute',
};

function printPart(
  { letter, count }: { letter: string; count: number },
  temporal: Temporal,
  millis: bigint,
  format: JavaSimpleDateFormat,
): string {
  const { locale } = format;
  const field = (name: Parameters<typeof fieldValue>[1]) => fieldValue(temporal, name) ?? 0;
  const style = count >= 4 ? 'long' : 'short';
  switch (letter) {
    case 'G':
      return eraNames('short')[field('Era')] ?? '';
    case 'y':
    case 'Y': {
      const year = field(letter === 'y' ? 'YearOfEra' : 'WeekBasedYear');
      return count === 2 ? pad2(modulo(year, 100)) : String(year).padStart(count, '0');
    }
    case 'M':
    case 'L':
      if (count < 3) return String(field('MonthOfYear')).padStart(count, '0');
      return monthNames(locale, style, letter === 'L')[field('MonthOfYear') - 1] ?? '';
    case 'E':
      return dayNames(locale, style)[field('DayOfWeek') - 1] ?? '';
    case 'a':
      return amPmNames(locale)[field('AmPmOfDay')] ?? '';
    case 'S':
      return String(Math.floor(field('NanoOfSecond') / 1e6)).padStart(count, '0');
    case 'z':
      return timeZoneName(format.zone, millis, style, locale);
    case 'Z':
      return printOffset(temporal.offset ?? 0, '+HHMM', '+0000');
    case 'X':
      return printOffset(temporal.offset ?? 0, ['+HH', '+HHMM', '+HH:MM'][count - 1] ?? '+HH', 'Z');
    default:
      return String(field(NUMBERS[letter] ?? 'Year')).padStart(count, '0');
  }
}

interface Found {
  /** By letter; months from 0. */
  readonly fields: Map<string, number>;
  zoneOffset: number | undefined;
  zone: JavaZone | undefined;
}

/** DateFormat.parse: what follows the part that fits is ignored. `now` places two-digit years. */
export function parseSimpleDate(format: JavaSimpleDateFormat, text: string, now: bigint): bigint {
  const found: Found = { fields: new Map(), zoneOffset: undefined, zone: undefined };
  let at = 0;
  for (const [index, part] of format.parts.entries()) {
    at =
      'text' in part
        ? text.startsWith(part.text, at)
          ? at + part.text.length
          : -1
        : parsePart(part, index, format, text, at, found, now);
    if (at < 0) throw new JavaException('ParseException', `Unparseable date: "${text.slice(0, 80)}"`);
  }
  return toMillis(found, format);
}

function parsePart(
  part: { letter: string; count: number },
  index: number,
  format: JavaSimpleDateFormat,
  text: string,
  from: number,
  found: Found,
  now: bigint,
): number {
  let start = from;
  while (text[start] === ' ' || text[start] === '\t') start++;
  if (start >= text.length) return -1;
  const { letter, count } = part;
  if (letter === 'z' || letter === 'Z' || letter === 'X') return parseZoneText(letter, text, start, found);
  const names = namesOf(letter, count, format.locale);
  if (names !== undefined) return parseName(names, letter, text, start, found);
  // A number that touches the next field takes just its own places.
  const next = format.parts[index + 1];
  const limit = next !== undefined && 'letter' in next && !/[zZXEGa]/.test(next.letter) ? count : 20;
  const match = /^-?\d+/.exec(text.slice(start, start + limit));
  if (match === null) return -1;
  const value = Number(match[0]);
  const isShortYear = 'yY'.includes(letter) && count <= 2 && /^\d\d$/.test(match[0]);
  found.fields.set(
    letter === 'L' ? 'M' : letter,
    isShortYear ? fullYear(value, now) : letter === 'M' || letter === 'L' ? value - 1 : value,
  );
  return start + match[0].length;
}

/** Within 80 years before and 20 years after now. */
function fullYear(twoDigits: number, now: bigint): number {
  const start = (fieldValue(temporalOfMillis(now), 'Year') ?? 2000) - 80;
  return start - modulo(start, 100) + twoDigits + (twoDigits < modulo(start, 100) ? 100 : 0);
}

function namesOf(letter: string, count: number, locale: string): readonly (readonly string[])[] | undefined {
  if (letter === 'G') return [eraNames('short')];
  if (letter === 'a') return [amPmNames(locale)];
  if (letter === 'E') return [dayNames(locale, 'long'), dayNames(locale, 'short')];
  if ((letter === 'M' || letter === 'L') && count >= 3)
    return [monthNames(locale, 'long', letter === 'L'), monthNames(locale, 'short', letter === 'L')];
  return undefined;
}

function parseName(
  lists: readonly (readonly string[])[],
  letter: string,
  text: string,
  start: number,
  found: Found,
): number {
  for (const names of lists) {
    const value = names.findIndex(
      (name) => text.slice(start, start + name.length).toLowerCase() === name.toLowerCase(),
    );
    if (value >= 0) {
      found.fields.set(letter === 'L' ? 'M' : letter, value);
      return start + (names[value]?.length ?? 0);
    }
  }
  return -1;
}

function parseZoneText(letter: string, text: string, start: number, found: Found): number {
  const rest = text.slice(start, start + 60);
  const iso =
    letter === 'X'
      ? /^(?:Z|[+-]\d\d(?::?\d\d)?)/.exec(rest)
      : /^(?:(?:GMT|UTC)?[+-]\d{1,2}:?\d\d|GMT|UTC|Z(?![a-z]))/.exec(rest);
  if (iso !== null) {
    const digits = iso[0].replace(/^(?:GMT|UTC)/, '');
    const seconds = digits === '' ? 0 : parseOffset(digits.replace(/^([+-])(\d):/, '$10$2:'));
    if (seconds === undefined || (letter === 'Z' && iso[0] === 'Z')) return -1;
    found.zoneOffset = seconds;
    return start + iso[0].length;
  }
  const name = letter === 'X' ? null : /^[A-Z][A-Za-z_/]+/.exec(rest);
  if (name === null) return -1;
  const daylight: Readonly<Record<string, number>> = {
    EDT: -4,
    CDT: -5,
    MDT: -6,
    PDT: -7,
    EST: -5,
    CST: -6,
    MST: -7,
    PST: -8,
    CET: 1,
    CEST: 2,
    BST: 1,
  };
  if (Object.hasOwn(daylight, name[0])) found.zoneOffset = (daylight[name[0]] ?? 0) * 3600;
  else {
    const zone = timeZoneOf(name[0]);
    if (zone.id === 'GMT') return -1;
    found.zone = zone;
  }
  return start + name[0].length;
}

/** Fields beyond their range carry over, as a lenient calendar does it. */
function toMillis({ fields, zone, zoneOffset }: Found, format: JavaSimpleDateFormat): bigint {
  const day = toDay(fields);
  const clock = fields.get('H') ?? modulo(fields.get('k') ?? 0, 24);
  const half = fields.get('K') ?? modulo(fields.get('h') ?? 0, 12);
  const usesHalf = (fields.has('K') || fields.has('h')) && !fields.has('H') && !fields.has('k');
  const hour = usesHalf ? half + 12 * (fields.get('a') ?? 0) : clock;
  const millis = fields.get('S') ?? 0;
  const second =
    day * 86_400 + hour * 3600 + (fields.get('m') ?? 0) * 60 + (fields.get('s') ?? 0) + Math.floor(millis / 1000);
  const nano = modulo(millis, 1000) * 1_000_000;
  if (zoneOffset !== undefined) return millisOf(second - zoneOffset, nano);
  const zoned = zonedOfLocal(fromLocalEpochSecond(second, nano), zone ?? format.zone);
  return millisOf(zonedEpochSecond(zoned), nano);
}

function toDay(fields: ReadonlyMap<string, number>): number {
  const year = fields.get('y') ?? 1970;
  const era = fields.get('G') === 0 ? 1 - year : year;
  const weekday = fields.get('E') ?? (fields.has('u') ? (fields.get('u') ?? 1) - 1 : undefined);
  const week = fields.get('w');
  if (week !== undefined && !fields.has('d') && !fields.has('M')) {
    const start = startOfWeekYear(fields.get('Y') ?? era, 7, 1);
    return start + (week - 1) * 7 + (weekday === undefined ? 0 : modulo(weekday + 1, 7));
  }
  if (fields.has('D') && !fields.has('d') && !fields.has('M'))
    return toEpochDay(new JavaLocalDate(era, 1, 1)) + (fields.get('D') ?? 1) - 1;
  const month = fields.get('M') ?? 0;
  const first = new JavaLocalDate(era + Math.floor(month / 12), modulo(month, 12) + 1, 1);
  const base = toEpochDay(first);
  if (weekday !== undefined && !fields.has('d')) {
    const ahead = modulo(weekday + 1 - dayOfWeek(first), 7);
    if (fields.has('F')) return base + ahead + ((fields.get('F') ?? 1) - 1) * 7;
  }
  return base + (fields.get('d') ?? 1) - 1;
}
