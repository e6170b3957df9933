import { illegalArgument } from '../java-exception.ts';
import { limitPattern } from '../limits.ts';

/** A DecimalFormat pattern, taken apart. Affixes still hold `%`, `‰`, `¤` and `-` as signs of the locale. */
export interface DecimalPattern {
  readonly positivePrefix: Affix;
  readonly positiveSuffix: Affix;
  readonly negativePrefix: Affix;
  readonly negativeSuffix: Affix;
  readonly multiplier: number;
  /** 0: no grouping. */
  readonly groupingSize: number;
  readonly minInteger: number;
  readonly maxInteger: number;
  readonly minFraction: number;
  readonly maxFraction: number;
  readonly pointAlways: boolean;
  /** 0: no exponent. */
  readonly exponentDigits: number;
}

/** Text, and symbols that the locale spells. */
export type Affix = readonly (string | { readonly symbol: 'percent' | 'perMille' | 'currency' | 'minus' })[];

type AffixPart = Affix[number];

const SYMBOLS: Readonly<Record<string, AffixPart>> = {
  '%': { symbol: 'percent' },
  '‰': { symbol: 'perMille' },
  '¤': { symbol: 'currency' },
  '-': { symbol: 'minus' },
};

interface Half {
  prefix: Affix;
  suffix: Affix;
  body: string;
}

/** What an empty pattern means: as many digits as there are. */
const EVERYTHING: DecimalPattern = {
  positivePrefix: [],
  positiveSuffix: [],
  negativePrefix: [{ symbol: 'minus' }],
  negativeSuffix: [],
  multiplier: 1,
  groupingSize: 3,
  minInteger: 0,
  maxInteger: 2147483647,
  minFraction: 0,
  maxFraction: 340,
  pointAlways: false,
  exponentDigits: 0,
};

export function parseDecimalPattern(pattern: string): DecimalPattern {
  limitPattern(pattern);
  if (pattern === '') return EVERYTHING;
  const [positive, rest] = readHalf(pattern, 0);
  let negative: Half | undefined;
  if (rest < pattern.length) {
    const [second, end] = readHalf(pattern, rest + 1);
    if (end < pattern.length) throw illegalArgument(`Unquoted special character ';' in pattern "${pattern}"`);
    negative = second;
  }
  const signs = [...positive.prefix, ...positive.suffix];
  const has = (symbol: string) => signs.some((part) => typeof part !== 'string' && part.symbol === symbol);
  const same =
    negative === undefined ||
    (sameAffix(negative.prefix, positive.prefix) && sameAffix(negative.suffix, positive.suffix));
  return {
    positivePrefix: positive.prefix,
    positiveSuffix: positive.suffix,
    negativePrefix: same || negative === undefined ? [{ symbol: 'minus' }, ...positive.prefix] : negative.prefix,
    negativeSuffix: same || negative === undefined ? positive.suffix : negative.suffix,
    multiplier: has('percent') ? 100 : has('perMille') ? 1000 : 1,
    ...readBody(positive.body, pattern),
  };
}

const sameAffix = (a: Affix, b: Affix) => JSON.stringify(a) === JSON.stringify(b);

/** Reads prefix, number and suffix up to `;` or the end. */
function readHalf(pattern: string, start: number): [Half, number] {
  const prefix: AffixPart[] = [];
  const suffix: AffixPart[] = [];
  let body = '';
  let at = start;
  let affix = prefix;
  for (; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === ';') break;
    if (character === "'") {
      const [text, end] = readQuoted(pattern, at);
      if (end === pattern.length && body !== '') throw illegalArgument(`Malformed pattern "${pattern}"`);
      if (body !== '') affix = suffix;
      affix.push(text);
      at = end;
      continue;
    }
    const isNumber = '#0,.'.includes(character) || (character === 'E' && body !== '' && affix === prefix);
    if (isNumber) {
      body += character;
      continue;
    }
    if (body !== '') affix = suffix;
    affix.push(Object.hasOwn(SYMBOLS, character) ? (SYMBOLS[character] ?? character) : character);
  }
  return [{ prefix, suffix, body }, at];
}

function readQuoted(pattern: string, start: number): [string, number] {
  if (pattern[start + 1] === "'") return ["'", start + 1];
  let text = '';
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at];
    else if (pattern[at + 1] === "'") {
      text += "'";
      at++;
    } else return [text, at];
  }
  // An open quote reaches to the end.
  return [text, pattern.length];
}

function readBody(
  body: string,
  pattern: string,
): Omit<DecimalPattern, 'positivePrefix' | 'positiveSuffix' | 'negativePrefix' | 'negativeSuffix' | 'multiplier'> {
  const malformed = () => illegalArgument(`Malformed pattern "${pattern}"`);
  const match = /^([#0,]*)(\.[#0,]*)?(?:E(0+))?$/.exec(body);
  if (match === null) throw malformed();
  const [, whole = '', tail, exponent = ''] = match;
  if (tail?.includes(',')) throw malformed();
  const digits = whole.replaceAll(',', '') + (tail ?? '').slice(1);
  if (!/^#*0*#*$/.test(digits) || (tail === undefined && /0#/.test(digits))) throw malformed();
  const point = tail === undefined ? -1 : whole.replaceAll(',', '').length;
  let left = /^#*/.exec(digits)?.[0].length ?? 0;
  let zeros = digits.replaceAll('#', '').length;
  if (zeros > 0 && /0#/.test(digits.slice(0, Math.max(0, point)))) throw malformed();
  let right = digits.length - left - zeros;
  if (zeros === 0 && left > 0 && point >= 0) {
    // "#.##" is read as "#0.##" would be without its zero: one integer place at least counts.
    const places = Math.max(1, point);
    right = left - places;
    left = places - 1;
    zeros = 1;
  }
  const total = left + zeros + right;
  const effective = point >= 0 ? point : total;
  const minInteger = effective - left;
  const comma = whole.lastIndexOf(',');
  if (comma >= 0 && comma === whole.length - 1) throw malformed();
  const grouping = comma < 0 ? 0 : whole.length - 1 - comma;
  if (exponent !== '' && grouping > 0) throw malformed();
  return {
    groupingSize: grouping,
    minInteger,
    maxInteger: exponent === '' ? 2147483647 : left + minInteger,
    minFraction: point >= 0 ? left + zeros - point : 0,
    maxFraction: point >= 0 ? total - point : 0,
    pointAlways: point === 0 || point === total,
    exponentDigits: exponent.length,
  };
}
