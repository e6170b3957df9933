import { illegalArgument } from '../java-exception.ts';
import { limitPattern } from '../limits.ts';
import { type Field, type Item, ItemList, type TextStyle } from './pattern-item.ts';

const FIELDS: Readonly<Record<string, Field>> = {
  G: 'Era',
  u: 'Year',
  y: 'YearOfEra',
  M: 'MonthOfYear',
  L: 'MonthOfYear',
  Q: 'QuarterOfYear',
  q: 'QuarterOfYear',
  d: 'DayOfMonth',
  D: 'DayOfYear',
  E: 'DayOfWeek',
  F: 'AlignedDayOfWeekInMonth',
  g: 'ModifiedJulianDay',
  a: 'AmPmOfDay',
  h: 'ClockHourOfAmPm',
  K: 'HourOfAmPm',
  H: 'HourOfDay',
  k: 'ClockHourOfDay',
  m: 'MinuteOfHour',
  s: 'SecondOfMinute',
  A: 'MilliOfDay',
  n: 'NanoOfSecond',
  N: 'NanoOfDay',
};

const OFFSET_PATTERNS = ['+HHmm', '+HHMM', '+HH:MM', '+HHMMss', '+HH:MM:ss'] as const;

/** DateTimeFormatter.ofPattern. Throws IllegalArgumentException for letters that mean nothing or are too many. */
export function compilePattern(pattern: string): Item[] {
  limitPattern(pattern);
  const open: ItemList[] = [new ItemList()];
  let list = open[0] as ItemList;
  let pad = 0;
  for (let at = 0; at < pattern.length; ) {
    const character = pattern.charAt(at);
    if (/[A-Za-z]/.test(character)) {
      const count = runLength(pattern, at);
      at += count;
      if (character === 'p') {
        if (!/[A-Za-z]/.test(pattern.charAt(at)) || pattern.charAt(at) === 'p') {
          throw illegalArgument(`Pad letter 'p' must be followed by valid pad pattern: ${pattern}`);
        }
        pad = count;
        continue;
      }
      appendLetters(list, character, count, pad);
      pad = 0;
    } else if (character === "'") {
      const end = closingQuote(pattern, at);
      list.literal(end === at + 1 ? "'" : pattern.slice(at + 1, end).replaceAll("''", "'"));
      at = end + 1;
    } else if (character === '[') {
      list = new ItemList();
      open.push(list);
      at++;
    } else if (character === ']') {
      const inner = open.pop();
      const outer = open.at(-1);
      if (inner === undefined || outer === undefined)
        throw illegalArgument('Pattern invalid as it contains ] without previous [');
      list = outer;
      list.add({ kind: 'optional', items: inner.items });
      at++;
    } else {
      if ('{}#'.includes(character)) throw illegalArgument(`Pattern includes reserved character: '${character}'`);
      list.literal(character);
      at++;
    }
  }
  while (open.length > 1) {
    const inner = open.pop();
    if (inner !== undefined) open.at(-1)?.add({ kind: 'optional', items: inner.items });
  }
  return open[0]?.items ?? [];
}

/** How often the character at a place is repeated. */
export function runLength(pattern: string, at: number): number {
  let end = at;
  while (pattern[end] === pattern[at]) end++;
  return end - at;
}

/** The place of the quote that ends the literal which begins at `at`; a doubled quote is one character of it. */
function closingQuote(pattern: string, at: number): number {
  for (let end = at + 1; end < pattern.length; end++) {
    if (pattern[end] !== "'") continue;
    if (end > at + 1 && pattern[end + 1] === "'") end++;
    else return end;
    if (end >= pattern.length) break;
  }
  throw illegalArgument(`Pattern ends with an incomplete string literal: ${pattern}`);
}

function appendLetters(list: ItemList, letter: string, count: number, pad: number): void {
  if (pad === 0) {
    appendField(list, letter, count);
    return;
  }
  const inner = new ItemList();
  appendField(inner, letter, count);
  const [item] = inner.items;
  if (item !== undefined) list.add({ kind: 'pad', item, width: pad });
}

const tooMany = (letter: string) => illegalArgument(`Too many pattern letters: ${letter}`);

function appendField(list: ItemList, letter: string, count: number): void {
  const field = Object.hasOwn(FIELDS, letter) ? FIELDS[letter] : undefined;
  if ('uyY'.includes(letter)) appendYear(list, field ?? 'WeekBasedYear', count);
  else if ('MLQqEecaBG'.includes(letter)) appendText(list, letter, field ?? 'LocalizedDayOfWeek', count);
  else if ('zvVZOXx'.includes(letter)) appendZone(list, letter, count);
  else if (letter === 'S') list.fraction(Math.min(count, 9), fractionWidth(count), false);
  else if (letter === 'w') limited(list, 'WeekOfWeekBasedYear', count, 2);
  else if (letter === 'W') limited(list, 'WeekOfMonth', count, 1);
  else if (letter === 'D') limited(list, 'DayOfYear', count, 3);
  else if (field === undefined) throw illegalArgument(`Unknown pattern letter: ${letter}`);
  else if (letter === 'g') list.number(field, count, 19);
  else if ('AnN'.includes(letter)) list.number(field, count, 19, 'notNegative');
  else if (letter === 'F' && count > 1) throw tooMany(letter);
  else if (count === 1) list.number(field);
  else if (count === 2) list.fixed(field, 2);
  else throw tooMany(letter);
}

function fractionWidth(count: number): number {
  if (count > 9) throw illegalArgument(`Minimum width must be from 0 to 9 inclusive but was ${count}`);
  return count;
}

function limited(list: ItemList, field: Field, count: number, max: number): void {
  if (count > max) throw tooMany(field);
  if (count === 1 && field !== 'WeekOfWeekBasedYear') list.number(field);
  else list.number(field, count, max, 'notNegative');
}

function appendYear(list: ItemList, field: Field, count: number): void {
  if (count > 19) throw tooMany('y');
  if (count === 2) list.number(field, 2, 2, 'notNegative', 2000);
  else list.number(field, count, 19, count < 4 ? 'normal' : 'exceedsPad');
}

function appendText(list: ItemList, letter: string, field: Field, count: number): void {
  const standalone = 'Lqc'.includes(letter);
  if (letter === 'a' && count > 1) throw tooMany(letter);
  if (count > 5) throw tooMany(letter);
  if (letter === 'B') {
    if (![1, 4, 5].includes(count)) throw illegalArgument(`Wrong number of pattern letters: ${letter}`);
    list.add({ kind: 'dayPeriod', style: styleOf(count) });
    return;
  }
  const textual = 'EaG'.includes(letter) || count > 2;
  if (letter === 'c' && count === 2) throw illegalArgument(`Invalid pattern "cc"`);
  if (!textual) {
    if (count === 1) list.number(field);
    else list.fixed(field, 2);
    return;
  }
  list.add({ kind: 'text', field: 'ec'.includes(letter) ? 'DayOfWeek' : field, style: styleOf(count), standalone });
}

const styleOf = (count: number): TextStyle => (count === 4 ? 'long' : count === 5 ? 'narrow' : 'short');

function appendZone(list: ItemList, letter: string, count: number): void {
  const allowed = { z: 4, v: 4, V: 2, Z: 5, O: 4, X: 5, x: 5 }[letter] ?? 0;
  const wrong = (letter === 'V' && count !== 2) || ('vO'.includes(letter) && count !== 1 && count !== 4);
  if (count > allowed || wrong)
    throw illegalArgument(`Wrong number of pattern letters: ${letter.repeat(Math.min(count, 9))}`);
  if (letter === 'V') list.add({ kind: 'zoneId', regionOnly: false });
  else if (letter === 'z' || letter === 'v')
    list.add({ kind: 'zoneText', style: styleOf(count), generic: letter === 'v' });
  else if (letter === 'O' || (letter === 'Z' && count === 4))
    list.add({ kind: 'localizedOffset', style: styleOf(count) });
  else if (letter === 'Z')
    list.add({ kind: 'offset', pattern: count === 5 ? '+HH:MM:ss' : '+HHMM', none: count === 5 ? 'Z' : '+0000' });
  else {
    const zero = count === 1 ? '+00' : count % 2 === 0 ? '+0000' : '+00:00';
    list.add({ kind: 'offset', pattern: OFFSET_PATTERNS[count - 1] ?? '+HHmm', none: letter === 'X' ? 'Z' : zero });
  }
}
