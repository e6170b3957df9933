import { JavaFloat, type Value } from '../../value.ts';

/** The value of a word without quotes: mostly its own text. */
export function bareWord(text: string): Value {
  switch (text) {
    case 'null':
      return null;
    case 'true':
      return true;
    case 'false':
      return false;
    case 'NaN':
      return new JavaFloat(Number.NaN);
    default:
      return text;
  }
}

/** Java's white space, which lacks the non-breaking spaces and has the separators U+001C to U+001F. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are meant
const WHITE = /[\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/;

/** Trims both ends but leaves one character at least. */
export function trimBare(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end - 1 && WHITE.test(text.charAt(start))) start++;
  while (end - 1 > start && WHITE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
