import { JavaException } from '../../java-exception.ts';

/** Sorted, disjoint ranges of code points. */
export type Ranges = readonly (readonly [number, number])[];

const LAST = 0x10ffff;

export function normalise(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const result: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

export function complement(ranges: Ranges): [number, number][] {
  const result: [number, number][] = [];
  let next = 0;
  for (const [from, to] of normalise(ranges)) {
    if (from > next) result.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) result.push([next, LAST]);
  return result;
}

export const intersection = (a: Ranges, b: Ranges) => complement([...complement(a), ...complement(b)]);

/** Classes that Java defines on ASCII alone, or that RE2 has in another extent. */
const DIGIT: Ranges = [[48, 57]];
const WORD: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: Ranges = [
  [9, 13],
  [32, 32],
];
const HORIZONTAL: Ranges = [
  [9, 9],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];
const VERTICAL: Ranges = [
  [10, 13],
  [0x85, 0x85],
  [0x2028, 0x2029],
];
const PUNCTUATION: Ranges = [
  [33, 47],
  [58, 64],
  [91, 96],
  [123, 126],
];

export const LINE_TERMINATORS: Ranges = [
  [10, 10],
  [13, 13],
  [0x85, 0x85],
  [0x2028, 0x2029],
];

const ESCAPES: Readonly<Record<string, Ranges>> = { d: DIGIT, w: WORD, s: SPACE, h: HORIZONTAL, v: VERTICAL };

const POSIX: Readonly<Record<string, Ranges>> = {
  Lower: [[97, 122]],
  Upper: [[65, 90]],
  ASCII: [[0, 127]],
  Alpha: [
    [65, 90],
    [97, 122],
  ],
  Digit: DIGIT,
  Alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  Punct: PUNCTUATION,
  Graph: [[33, 126]],
  Print: [[32, 126]],
  Blank: [
    [9, 9],
    [32, 32],
  ],
  Cntrl: [
    [0, 31],
    [127, 127],
  ],
  XDigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
  Space: SPACE,
};

/** Unicode properties under the names that Java gives them, in RE2's notation. */
const PROPERTIES: Readonly<Record<string, string>> = {
  IsAlphabetic: 'L',
  IsLetter: 'L',
  IsDigit: 'Nd',
  IsUppercase: 'Lu',
  IsLowercase: 'Ll',
  IsPunctuation: 'P',
  IsControl: 'Cc',
  javaLowerCase: 'Ll',
  javaUpperCase: 'Lu',
  javaLetter: 'L',
  javaDigit: 'Nd',
};

const ONE_CASE = /^(?:(?:Is)?L[ult]|java(?:Lower|Upper)Case|Is(?:Lower|Upper)case)$/;

/** `\d` and similar, `\p{…}`: ranges if Java's meaning is fixed, otherwise RE2's own text for it. */
export function classEscape(letter: string, property: string, ignoreCase = false): Ranges | string {
  // Without regard to case a property of one case is that of both.
  if (ignoreCase && /^(?:Lower|Upper)$/.test(property)) return classEscape(letter, 'Alpha');
  if (ignoreCase && ONE_CASE.test(property)) {
    if (letter === 'p') return '\\p{Lu}\\p{Ll}\\p{Lt}';
    throw new JavaException('PatternSyntaxException', `\\P{${property}} with the flag i is not supported`);
  }
  const lower = letter.toLowerCase();
  if (Object.hasOwn(ESCAPES, lower)) {
    const ranges = ESCAPES[lower] ?? [];
    return letter === lower ? ranges : complement(ranges);
  }
  if (Object.hasOwn(POSIX, property)) {
    const ranges = POSIX[property] ?? [];
    return letter === 'p' ? ranges : complement(ranges);
  }
  const named = Object.hasOwn(PROPERTIES, property) ? (PROPERTIES[property] ?? property) : property;
  const plain = named.replace(/^(?:Is|In|general_category=|gc=|script=|sc=|IsScript=)/, '');
  if (!/^[A-Za-z_\\{]+$/.test(plain))
    throw new JavaException('PatternSyntaxException', `Unknown character property name {${property.slice(0, 40)}}`);
  return `\\${letter}{${plain}}`;
}

export function rangesText(ranges: Ranges): string {
  return ranges.map(([from, to]) => (from === to ? codeText(from) : `${codeText(from)}-${codeText(to)}`)).join('');
}

export const codeText = (code: number) => `\\x{${code.toString(16)}}`;
