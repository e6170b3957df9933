import { JavaException } from '../java-exception.ts';
import { matches, type ParsedFields, type ParseState } from './parse-state.ts';
import { parseLocalizedOffset, parseOffsetText, parseZone } from './parse-zone.ts';
import type { Field, FractionItem, Item, JavaDateTimeFormatter, NumberItem, TextStyle } from './pattern-item.ts';
import { indexOfText, textsOf } from './print.ts';

const parseError = (text: string, reason: string) =>
  new JavaException(
    'DateTimeParseException',
    `Text '${text.length > 64 ? `${text.slice(0, 64)}...` : text}' ${reason}`,
  );

/** Reads the whole text. Throws DateTimeParseException with the index where it does not fit. */
export function parseFields(formatter: JavaDateTimeFormatter, text: string): ParsedFields {
  const state: ParseState = {
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
function parseItems(items: readonly Item[], state: ParseState, start: number): number {
  let at = start;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as Item;
    at = parseItem(item, state, at);
    if (at < 0) return at;
  }
  return at;
}

function parseItem(item: Item, state: ParseState, at: number): number {
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

function parseOptional(items: readonly Item[], state: ParseState, at: number): number {
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

function parsePadded(item: Item, width: number, state: ParseState, at: number): number {
  if (at === state.text.length) return ~at;
  const end = Math.min(at + width, state.text.length);
  if (at + width > state.text.length && state.strict) return ~at;
  let start = at;
  while (start < end && state.text[start] === ' ') start++;
  const result = parseItem(item, { ...state, text: state.text.slice(0, end) }, start);
  return result >= 0 && result !== end && state.strict ? ~at : result;
}

/** A field that was there before must have the same value. */
function store(state: ParseState, field: Field, value: number, at: number, end: number): number {
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

function parseNumber(item: NumberItem, state: ParseState, start: number): number {
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

function parseFraction(item: FractionItem, state: ParseState, start: number): number {
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

function parseText(field: Field, style: TextStyle, standalone: boolean, state: ParseState, at: number): number {
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

const INSTANT = /([+-]?\d{4,10})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{0,9}))?Z/iy;

function parseInstant(state: ParseState, at: number): number {
  INSTANT.lastIndex = at;
  const match = INSTANT.exec(state.text);
  if (match === null) return ~at;
  const fields: readonly Field[] = ['Year', 'MonthOfYear', 'DayOfMonth', 'HourOfDay', 'MinuteOfHour', 'SecondOfMinute'];
  for (const [index, field] of fields.entries()) state.parsed.fields.set(field, Number(match[index + 1]));
  state.parsed.fields.set('NanoOfSecond', Number((match[7] ?? '').padEnd(9, '0')));
  state.parsed.offset = 0;
  return at + match[0].length;
}
