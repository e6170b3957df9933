import { illegalArgument } from '../java-exception.ts';

const WORDS =
  'am pm monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december gmt ut utc est edt cst cdt mst mdt pst pdt'.split(
    ' ',
  );

/** Hours behind Greenwich, in the order of the words from `gmt` on. */
const ZONES = [0, 0, 0, 5, 4, 6, 5, 7, 6, 8, 7];

/** Comments and blanks included: no date needs more. */
const MAX_LENGTH = 1000;

interface Found {
  year: number | undefined;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Minutes to add to reach UTC. */
  offset: number | undefined;
}

/**
 * The deprecated java.util.Date.parse: words, numbers and signs in almost any order, as its documentation lays down.
 * `currentYear` places years of two digits. Milliseconds since the epoch.
 */
export function parseDateText(text: string, currentYear: number): bigint {
  const fail = () => illegalArgument(`not a date: ${text.slice(0, 60)}`);
  if (text.length > MAX_LENGTH) throw fail();
  const found: Found = { year: undefined, month: -1, day: -1, hour: -1, minute: -1, second: -1, offset: undefined };
  const tokens = text.replace(/\([^)]*\)?/g, ' ').match(/\d+|[A-Za-z]+|[^\s,]/g) ?? [];
  const gaps = spacesAfter(text.replace(/\([^)]*\)?/g, ' '));
  let sign = '';
  tokens.forEach((token, index) => {
    if (/^\d/.test(token)) {
      if (!takeNumber(found, Number(token), sign, gaps[index] === true ? '' : (tokens[index + 1] ?? ''))) throw fail();
      sign = '';
    } else if (/^[A-Za-z]/.test(token)) {
      if (token.length < 2 || !takeWord(found, token.toLowerCase())) throw fail();
      sign = '';
    } else if ('/:+-'.includes(token)) sign = token;
    else throw fail();
  });
  if (found.year === undefined || found.month < 0 || found.day < 0) throw fail();
  const century = currentYear - 80;
  const short = found.year + Math.floor(century / 100) * 100;
  const year = found.year >= 100 ? found.year : short < century ? short + 100 : short;
  const start = new Date(0);
  start.setUTCFullYear(year, found.month, found.day);
  start.setUTCHours(
    Math.max(0, found.hour),
    Math.max(0, found.minute) + (found.offset ?? 0),
    Math.max(0, found.second),
  );
  if (Number.isNaN(start.getTime())) throw fail();
  return BigInt(start.getTime());
}

/** For each token whether a blank or comma, or nothing, follows it. */
function spacesAfter(text: string): boolean[] {
  return Array.from(text.matchAll(/\d+|[A-Za-z]+|[^\s,]/g), (match) =>
    /^(?:[\s,]|$)/.test(text.slice(match.index + match[0].length, match.index + match[0].length + 1)),
  );
}

/** `next` is what follows without a blank. False where the number has no place. */
function takeNumber(found: Found, value: number, sign: string, next: string): boolean {
  if (sign === '+' || (sign === '-' && found.year !== undefined)) {
    const minutes = value < 24 ? value * 60 : (value % 100) + Math.floor(value / 100) * 60;
    found.offset = sign === '+' ? -minutes : minutes;
    return true;
  }
  if (value >= 70) {
    if (found.year !== undefined || (next !== '' && next !== '/')) return false;
    found.year = value;
    return true;
  }
  if (next === ':') return put(found, value, ['hour', 'minute']);
  if (next === '/') return found.month < 0 ? put(found, value - 1, ['month']) : put(found, value, ['day']);
  if (next !== '' && next !== '-') return false;
  if (found.hour >= 0 && found.minute < 0) return put(found, value, ['minute']);
  if (found.minute >= 0 && found.second < 0) return put(found, value, ['second']);
  if (found.day < 0) return put(found, value, ['day']);
  if (found.year !== undefined || found.month < 0) return false;
  found.year = value;
  return true;
}

function put(
  found: Found,
  value: number,
  fields: readonly ('month' | 'day' | 'hour' | 'minute' | 'second')[],
): boolean {
  const free = fields.find((field) => found[field] < 0);
  if (free === undefined) return false;
  found[free] = value;
  return true;
}

/** Any beginning of a known word of at least two letters. */
function takeWord(found: Found, word: string): boolean {
  const index = WORDS.findLastIndex((known) => known.startsWith(word));
  if (index < 0) return false;
  if (index <= 1) {
    if (found.hour < 1 || found.hour > 12) return false;
    found.hour = (found.hour % 12) + (index === 1 ? 12 : 0);
  } else if (index >= 9 && index <= 20) {
    if (found.month >= 0) return false;
    found.month = index - 9;
  } else if (index > 20) {
    found.offset = (ZONES[index - 21] ?? 0) * 60;
  }
  return true;
}
