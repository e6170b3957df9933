import type { Ranges } from './regex-class.ts';

/** The inline flags that hold at a place of a pattern. */
export interface Flags {
  /** `s` */
  readonly dotAll: boolean;
  /** `i` */
  readonly ignoreCase: boolean;
  /** `u` */
  readonly unicodeCase: boolean;
}

export const NO_FLAGS: Flags = { dotAll: false, ignoreCase: false, unicodeCase: false };

/** Java's `i` alone is about ASCII letters, RE2's about all; only `i` with `u` is RE2's. */
export const foldsAscii = (flags: Flags) => flags.ignoreCase && !flags.unicodeCase;
const foldsAll = (flags: Flags) => flags.ignoreCase && flags.unicodeCase;

/** What `(?on-off)` makes of the flags, and how RE2 is told. */
export function changeFlags(
  flags: Flags,
  on: string,
  off: string,
): { readonly flags: Flags; readonly spelled: string } {
  const has = (letter: string, before: boolean) => (before || on.includes(letter)) && !off.includes(letter);
  const changed: Flags = {
    dotAll: has('s', flags.dotAll),
    ignoreCase: has('i', flags.ignoreCase),
    unicodeCase: has('u', flags.unicodeCase),
  };
  const set = `${foldsAll(changed) ? 'i' : ''}${on.includes('m') ? 'm' : ''}`;
  const unset = `${foldsAll(flags) && !foldsAll(changed) ? 'i' : ''}${off.includes('m') ? 'm' : ''}`;
  return { flags: changed, spelled: `${set}${unset === '' ? '' : `-${unset}`}` };
}

const ASCII_LETTERS: Ranges = [
  [65, 90],
  [97, 122],
];

/** The ASCII letters of a range in their other case. */
export function otherCase(from: number, to: number): [number, number][] {
  const shared = ASCII_LETTERS.map(([low, high]): [number, number] => [Math.max(from, low), Math.min(to, high)]);
  return shared.filter(([low, high]) => low <= high).map(([low, high]) => [low ^ 32, high ^ 32]);
}
