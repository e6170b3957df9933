import { zoneName } from './names.ts';
import { matches, type ParseState } from './parse-state.ts';
import type { TextStyle } from './pattern-item.ts';
import { type JavaZone, parseOffset, zoneOf } from './zone.ts';

export function parseOffsetText(pattern: string, none: string, state: ParseState, at: number): number {
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

function storeOffset(state: ParseState, seconds: number, at: number, end: number): number {
  if (state.parsed.offset !== undefined && state.parsed.offset !== seconds) return ~at;
  state.parsed.offset = seconds;
  return end;
}

const LOCALIZED = /GMT(?:([+-])(\d{1,2})(?::(\d\d)(?::(\d\d))?)?)?/y;

export function parseLocalizedOffset(state: ParseState, at: number): number {
  LOCALIZED.lastIndex = at;
  const match = LOCALIZED.exec(state.text);
  if (match === null) return ~at;
  const [whole, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return storeOffset(state, sign === '-' ? -total : total, at, at + whole.length);
}

const ZONE_TEXT = /[A-Za-z][A-Za-z0-9~/._]*(?:[+-]\d[\d:]*|-[A-Za-z0-9]+)*|[+-]\d[\d:]*/y;

/** No zone has a longer name, and every beginning of the text may be one. */
const LONGEST_ZONE = 64;

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

export function parseZone(style: TextStyle | undefined, state: ParseState, at: number): number {
  ZONE_TEXT.lastIndex = at;
  let found = (ZONE_TEXT.exec(state.text)?.[0] ?? '').slice(0, LONGEST_ZONE);
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
