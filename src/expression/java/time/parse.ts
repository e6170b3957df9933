import { JavaException } from '../java-exception.ts';
import { zoneName } from './names.ts';
import type { Field, FractionItem, Item, JavaDateTimeFormatter, NumberItem, TextStyle } from './pattern-item.ts';
import { indexOfText, textsOf } from './print.ts';
import { type JavaZone, parseOffset, zoneOf } from './zone.ts';

/** What a text gave: raw fields, to be resolved into a date and a time. */
export interface ParsedFields {
  readonly fields: Map<Field, number>;
  offset: number | undefined;
  zone: JavaZone | undefined;
}

interface State {
  readonly text: string;
  readonly locale: string;
  sensitive: boolean;
  strict: boolean;
  parsed: ParsedFields;
}

const parseError = (text: string, reason: string) =>
  new JavaException(
    'DateTimeParseException',
    `Text '${text.length > 64 ? `${text.slice(0, 64)}...` : text}' ${reason}`,
  );

/** Reads the whole text. Throws DateTimeParseException with the index where it does not fit. */
export function parseFields(formatter: JavaDateTimeFormatter, text: string): ParsedFields {
  const state: State = {
    text,
    locale: formatter.locale,
    sensitive: true,
    strict: true,
    parsed: { fields: new Map(), offset: undefined, zone: undefined },
  };
  const end = parseItems(formatter.items, state, 0);
  if (end < 0) throw parseError(text, `could not be parsed at index ${~end}`);
  if (end < text.length) throw parseError(text, `could not be parsed, unparsed text found at index ${end}`);
  return state.parsed;
}

/** The end of what matched, or the complement of the place where it failed. */
function parseItems(items: readonly Item[], state: State, start: number): number {
  let at = start;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as Item;
    at = parseItem(item, state, at);
    if (at < 0) return at;
  }
  return at;
}

function parseItem(item: Item, state: State, at: number): number {
  switch (item.kind) {
    case 'literal':
      return matches(state, at, item.text) ? at + item.text.length : ~at;
    case 'number':
      return parseNumber(item, state, at);
    case 'fraction':
      return parseFraction(item, state, at);
    case 'text':
      return parseText(item.field, item.style, item.standalone, state, at);
    case 'dayPeriod':
      throw new JavaException('UnsupportedOperationException', "Parsing pattern letter 'B' is not supported");
    case 'offset':
      return parseOffsetText(item.pattern, item.none, state, at);
    case 'localizedOffset':
      return parseLocalizedOffset(state, at);
    case 'zoneId':
    case 'zoneText':
      return parseZone(item.kind === 'zoneText' ? item.style : undefined, state, at);
    case 'instant':
      return parseInstant(state, at);
    case 'mode':
      if (item.mode === 'sensitive' || item.mode === 'insensitive') state.sensitive = item.mode === 'sensitive';
      else state.strict = item.mode === 'strict';
      return at;
    case 'pad':
      return parsePadded(item.item, item.width, state, at);
    case 'optional':
      return parseOptional(item.items, state, at);
  }
}

function parseOptional(items: readonly Item[], state: State, at: number): number {
  const { offset, zone } = state.parsed;
  const kept = { fields: new Map(state.parsed.fields), offset, zone };
  const { sensitive, strict } = state;
  const end = parseItems(items, state, at);
  if (end >= 0) return end;
  state.parsed = kept;
  state.sensitive = sensitive;
  state.strict = strict;
  return at;
}

function parsePadded(item: Item, width: number, state: State, at: number): number {
  if (at === state.text.length) return ~at;
  const end = Math.min(at + width, state.text.length);
  if (at + width > state.text.length && state.strict) return ~at;
  let start = at;
  while (start < end && state.text[start] === ' ') start++;
  const result = parseItem(item, { ...state, text: state.text.slice(0, end) }, start);
  return result >= 0 && result !== end && state.strict ? ~at : result;
}

function matches(state: State, at: number, wanted: string): boolean {
  const found = state.text.slice(at, at + wanted.length);
  return found === wanted || (!state.sensitive && found.toLowerCase() === wanted.toLowerCase());
}

/** A field that was there before must have the same value. */
function store(state: State, field: Field, value: number, at: number, end: number): number {
  const known = state.parsed.fields.get(field);
  if (known !== undefined && known !== value) return ~at;
  state.parsed.fields.set(field, value);
  return end;
}

function digitsFrom(text: string, at: number, most: number): number {
  let end = at;
  while (end < text.length && end - at < most && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return end - at;
}

function parseNumber(item: NumberItem, state: State, start: number): number {
  const { text } = state;
  let at = start;
  const sign = text[at] === '+' || text[at] === '-' ? text[at] : '';
  const fixed =
    (item.adjacent || item.min === item.max) && item.sign === 'notNegative'
      ? state.strict || item.base === undefined
      : item.adjacent;
  if (sign !== '') {
    const allowed =
      item.sign === 'notNegative'
        ? !state.strict && !fixed
        : item.sign === 'exceedsPad' || sign === '-' || !state.strict;
    if (!allowed) return ~at;
    at++;
  }
  const exact = state.strict || fixed;
  const least = exact ? item.min : 1;
  const most = (exact ? item.max : 9) + item.subsequent;
  let count = digitsFrom(text, at, most);
  // What follows without a separator needs its digits; the rest belongs here.
  if (item.subsequent > 0) count = Math.min(count, Math.max(least, count - item.subsequent));
  if (count < least || count > 15) return ~start;
  const magnitude = Number(text.slice(at, at + count));
  if (sign === '-' && magnitude === 0 && state.strict) return ~(at - 1);
  if (sign !== '-' && item.sign === 'exceedsPad' && state.strict) {
    if (sign === '+' ? count <= item.min : count > item.min) return ~(sign === '+' ? at - 1 : at);
  }
  const value = sign === '-' ? -magnitude : magnitude;
  const full = item.base !== undefined && count === item.min && sign !== '-' ? item.base + value : value;
  return store(state, item.field, full, start, at + count);
}

function parseFraction(item: FractionItem, state: State, start: number): number {
  const least = state.strict || (item.min === item.max && !item.point) ? item.min : 0;
  const most = state.strict || (item.min === item.max && !item.point) ? item.max : 9;
  let at = start;
  if (item.point) {
    if (state.text[at] !== '.') return least > 0 ? ~start : start;
    at++;
  }
  const count = digitsFrom(state.text, at, most);
  if (count < least || (count === 0 && item.point && least > 0)) return ~at;
  const nano = Number(state.text.slice(at, at + count).padEnd(9, '0'));
  return store(state, 'NanoOfSecond', nano, start, at + count);
}

function parseText(field: Field, style: TextStyle, standalone: boolean, state: State, at: number): number {
  const styles: readonly TextStyle[] = state.strict ? [style] : ['long', 'short'];
  let best = '';
  let value = -1;
  for (const each of styles) {
    textsOf(field, each, standalone, state.locale).forEach((name, index) => {
      if (name.length > best.length && matches(state, at, name)) {
        best = name;
        value = index;
      }
    });
  }
  if (value >= 0) return store(state, field, value + 1 - indexOfText(field, 1), at, at + best.length);
  if (state.strict) return ~at;
  return parseNumber(
    { kind: 'number', field, min: 1, max: 19, sign: 'normal', base: undefined, subsequent: 0, adjacent: false },
    state,
    at,
  );
}

function parseOffsetText(pattern: string, none: string, state: State, at: number): number {
  if (none !== '' && matches(state, at, none) && !/^[+-]/.test(none))
    return storeOffset(state, 0, at, at + none.length);
  if (none === '' && at === state.text.length) return storeOffset(state, 0, at, at);
  const colon = pattern.includes(':') ? ':' : state.strict ? '' : ':?';
  const minutes = pattern.includes('MM') ? '' : '?';
  const seconds = pattern.includes('SS') ? '' : '?';
  const hasMinutes = /mm/i.test(pattern);
  const hasSeconds = /ss/i.test(pattern);
  const tail = hasSeconds ? `(?:${colon}([0-5]\\d))${seconds}` : '()';
  const shape = `([+-])(\\d\\d)${hasMinutes ? `(?:${colon}([0-5]\\d)${tail})${minutes}` : '()()'}`;
  const match = OFFSET_SHAPES.get(shape, state.text, at);
  if (match === null)
    return none !== '' && matches(state, at, none) ? storeOffset(state, 0, at, at + none.length) : ~at;
  const [whole, sign, hour, minute = '0', second = '0'] = match;
  const total = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (Number(hour) > 18) return ~at;
  return storeOffset(state, sign === '-' ? -total : total, at, at + whole.length);
}

/** The few shapes that offset patterns have, compiled once. */
const OFFSET_SHAPES = {
  known: new Map<string, RegExp>(),
  get(shape: string, text: string, at: number): RegExpExecArray | null {
    const pattern = this.known.get(shape) ?? new RegExp(shape, 'y');
    this.known.set(shape, pattern);
    pattern.lastIndex = at;
    return pattern.exec(text);
  },
};

function storeOffset(state: State, seconds: number, at: number, end: number): number {
  if (state.parsed.offset !== undefined && state.parsed.offset !== seconds) return ~at;
  state.parsed.offset = seconds;
  return end;
}

const LOCALIZED = /GMT(?:([+-])(\d{1,2})(?::(\d\d)(?::(\d\d))?)?)?/y;

function parseLocalizedOffset(state: State, at: number): number {
  LOCALIZED.lastIndex = at;
  const match = LOCALIZED.exec(state.text);
  if (match === null) return ~at;
  const [whole, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return storeOffset(state, sign === '-' ? -total : total, at, at + whole.length);
}

const ZONE_TEXT = /[A-Za-z][A-Za-z0-9~/._]*(?:[+-]\d[\d:]*|-[A-Za-z0-9]+)*|[+-]\d[\d:]*/y;

/** Short names that mean a zone wherever the original reads zone texts. */
const NAMED_ZONES: Readonly<Record<string, string>> = {
  EST: 'America/New_York',
  EDT: 'America/New_York',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  CET: 'Europe/Paris',
  CEST: 'Europe/Paris',
  BST: 'Europe/London',
  JST: 'Asia/Tokyo',
};

function parseZone(style: TextStyle | undefined, state: State, at: number): number {
  ZONE_TEXT.lastIndex = at;
  let found = ZONE_TEXT.exec(state.text)?.[0] ?? '';
  if (style === 'long') {
    for (const id of ['UTC', ...Object.values(NAMED_ZONES)]) {
      for (const season of [1_704_067_200, 1_719_792_000]) {
        const name = zoneName(id, season, 'long', false, state.locale);
        if (matches(state, at, name)) {
          state.parsed.zone = zoneOf(id);
          return at + name.length;
        }
      }
    }
  }
  while (found !== '') {
    const id = style !== undefined && Object.hasOwn(NAMED_ZONES, found) ? (NAMED_ZONES[found] ?? found) : found;
    const zone = tryZone(id);
    if (zone !== undefined) {
      state.parsed.zone = zone;
      return at + found.length;
    }
    found = found.slice(0, -1);
  }
  return ~at;
}

function tryZone(id: string): JavaZone | undefined {
  if (/^[+-]/.test(id) && parseOffset(id) === undefined) return undefined;
  try {
    return zoneOf(id);
  } catch {
    return undefined;
  }
}

const INSTANT = /([+-]?\d{4,10})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{0,9}))?Z/iy;

function parseInstant(state: State, at: number): number {
  INSTANT.lastIndex = at;
  const match = INSTANT.exec(state.text);
  if (match === null) return ~at;
  const fields: readonly Field[] = ['Year', 'MonthOfYear', 'DayOfMonth', 'HourOfDay', 'MinuteOfHour', 'SecondOfMinute'];
  for (const [index, field] of fields.entries()) state.parsed.fields.set(field, Number(match[index + 1]));
  state.parsed.fields.set('NanoOfSecond', Number((match[7] ?? '').padEnd(9, '0')));
  state.parsed.offset = 0;
  return at + match[0].length;
}
