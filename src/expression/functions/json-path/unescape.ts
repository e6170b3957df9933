import { pathFailed } from './json-path-error.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['r', '\r'],
  ['f', '\f'],
  ['t', '\t'],
  ['n', '\n'],
  ['b', '\b'],
]);

/** Backslash escapes in names and string literals of a path: an unknown one is the character itself. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char !== '\\' || index === text.length - 1) {
      result += char;
      continue;
    }
    index++;
    const escaped = text.charAt(index);
    if (escaped !== 'u') {
      result += ESCAPES.get(escaped) ?? escaped;
      continue;
    }
    const hex = text.slice(index + 1, index + 5);
    // Cut off before the fourth digit, the escape is dropped.
    if (hex.length < 4) break;
    if (!/^[+-]?[0-9a-fA-F]+$/.test(hex)) throw pathFailed(`\\u${hex} is no character`);
    result += String.fromCharCode(Number.parseInt(hex, 16));
    index += 4;
  }
  return result;
}
