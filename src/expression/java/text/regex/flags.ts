import type { Ranges } from './class.ts';

/** The inline flags that hold at a place of a pattern. */
export interface Flags {
  /** `s` */
  readonly dotAll: boolean;
  /** `i` */
  readonly ignoreCase: boolean;
  /** `u` */
  readonly unicodeCase: boolean;
  /** `m` */
  readonly multiline: boolean;
  /** `d` */
  readonly unixLines: boolean;
  /** `x` */
  readonly comments: boolean;
}

const LETTERS: Readonly<Record<keyof Flags, string>> = {
  dotAll: 's',
  ignoreCase: 'i',
  unicodeCase: 'u',
  multiline: 'm',
  unixLines: 'd',
  comments: 'x',
};
export const FLAG_LETTERS = 'imsudx';

/** Java's `i` alone is about ASCII letters, RE2's about all; only `i` with `u` is RE2's. */
export const foldsAscii = (flags: Flags) => flags.ignoreCase && !flags.unicodeCase;
export const foldsAll = (flags: Flags) => flags.ignoreCase && flags.unicodeCase;

/** What `(?on-off)` makes of the flags. */
export function changeFlags(flags: Flags, on: string, off: string): Flags {
  const has = (name: keyof Flags) => (flags[name] || on.includes(LETTERS[name])) && !off.includes(LETTERS[name]);
  return {
    dotAll: has('dotAll'),
    ignoreCase: has('ignoreCase'),
    unicodeCase: has('unicodeCase'),
    multiline: has('multiline'),
    unixLines: has('unixLines'),
    comments: has('comments'),
  };
}

export const NO_FLAGS: Flags = {
  dotAll: false,
  ignoreCase: false,
  unicodeCase: false,
  multiline: false,
  unixLines: false,
  comments: false,
};

const ASCII_LETTERS: Ranges = [
  [65, 90],
  [97, 122],
];

/** The ASCII letters of a range in their other case. */
export function otherCase(from: number, to: number): [number, number][] {
  const shared = ASCII_LETTERS.map(([low, high]): [number, number] => [Math.max(from, low), Math.min(to, high)]);
  return shared.filter(([low, high]) => low <= high).map(([low, high]) => [low ^ 32, high ^ 32]);
}
