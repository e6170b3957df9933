import { classEscape, type Ranges } from './class.ts';
import type { Flags } from './flags.ts';
import type { PatternSource } from './source.ts';

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };
const PROPERTY = /([pP])(?:\{([^}]{0,60})\}|([A-Z]))/y;
const NUMERIC = /x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|0([0-3]?[0-7]{1,2})/y;

/** The meaning of an escape, in a class or outside: a code point, a set, or the text of a property. */
export function readEscape(source: PatternSource, flags: Flags): number | Ranges | string {
  const property = source.match(PROPERTY);
  if (property !== null) {
    return classEscape(property[1] ?? 'p', property[2] ?? property[3] ?? '', flags.ignoreCase);
  }
  const numeric = source.match(NUMERIC);
  if (numeric !== null) {
    const [, long, short, unicode, octal] = numeric;
    const code = octal === undefined ? Number.parseInt(long ?? short ?? unicode ?? '0', 16) : Number.parseInt(octal, 8);
    if (code > 0x10ffff) throw source.fail('Hexadecimal codepoint is too big');
    return unicode === undefined ? code : withLowHalf(source, code);
  }
  const letter = source.take();
  if (/^[dDwWsShHvV]$/.test(letter)) return classEscape(letter, '');
  if (letter === 'c') return source.take().charCodeAt(0) ^ 64;
  if (Object.hasOwn(CONTROLS, letter)) return CONTROLS[letter] ?? 0;
  if (/^[A-Za-z0-9]$/.test(letter)) throw source.fail('Illegal/unsupported escape sequence');
  return letter.codePointAt(0) ?? 0;
}

const LOW_HALF = /\\u([dD][c-fC-F][0-9a-fA-F]{2})/y;

/** `\uD83D\uDE00` is one character. */
function withLowHalf(source: PatternSource, code: number): number {
  if (code < 0xd800 || code > 0xdbff) return code;
  const low = source.match(LOW_HALF)?.[1];
  return low === undefined ? code : (String.fromCharCode(code, Number.parseInt(low, 16)).codePointAt(0) ?? code);
}
