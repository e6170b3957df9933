import { illegalArgument, JavaException, nullPointer } from '../java-exception.ts';
import { limitText } from '../limits.ts';
import { findLastText, findText, splitText } from './text-search.ts';

/** The parts of java.lang.String that JavaScript's strings lack or bound in another way. */

const outOfBounds = (message: string) => new JavaException('StringIndexOutOfBoundsException', message);

export function substring(text: string, begin: number, end = text.length): string {
  if (begin < 0 || begin > end || end > text.length)
    throw outOfBounds(`begin ${begin}, end ${end}, length ${text.length}`);
  return text.slice(begin, end);
}

export function charAt(text: string, index: number): number {
  if (index < 0 || index >= text.length) throw outOfBounds(`index ${index}, length ${text.length}`);
  return text.charCodeAt(index);
}

export function codePointAt(text: string, index: number): number {
  charAt(text, index);
  return text.codePointAt(index) ?? 0;
}

export function codePointBefore(text: string, index: number): number {
  if (index < 1 || index > text.length) throw outOfBounds(`Index ${index} out of bounds for length ${text.length}`);
  const pair = index > 1 ? text.codePointAt(index - 2) : undefined;
  return pair !== undefined && pair > 0xffff ? pair : text.charCodeAt(index - 1);
}

export function codePointCount(text: string, begin: number, end: number): number {
  const part = substring(text, begin, end);
  let count = 0;
  for (let at = 0; at < part.length; at = behindPoint(part, at)) count++;
  return count;
}

const behindPoint = (text: string, at: number) => at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

export function offsetByCodePoints(text: string, index: number, count: number): number {
  if (index < 0 || index > text.length) throw outOfBounds(`index ${index}, length ${text.length}`);
  let at = index;
  for (let left = Math.abs(count); left > 0; left--) {
    if (count > 0 ? at >= text.length : at <= 0) throw outOfBounds(`${count} code points from ${index} leave the text`);
    if (count > 0) at = behindPoint(text, at);
    else at -= codePointBefore(text, at) > 0xffff ? 2 : 1;
  }
  return at;
}

export function repeat(text: string, count: number): string {
  if (count < 0) throw illegalArgument(`count is negative: ${count}`);
  limitText(text.length * count);
  return text.repeat(count);
}

/** By UTF-16 units, as JavaScript compares, but as a difference. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = a.charCodeAt(at) - b.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Java folds each character on its own, upper case first; `ß` stays. */
function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  const single = upper.length === character.length ? upper : character;
  const lower = single.toLowerCase();
  return lower.length === single.length ? lower : single;
}

/** The difference of the first folded code points that differ, else of the lengths. */
export function compareIgnoringCase(a: string, b: string): number {
  let [at, other] = [0, 0];
  while (at < a.length && other < b.length) {
    const [left, right] = [a.codePointAt(at) ?? 0, b.codePointAt(other) ?? 0];
    const difference = left === right ? 0 : foldedCode(left) - foldedCode(right);
    if (difference !== 0) return difference;
    at += left > 0xffff ? 2 : 1;
    other += right > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}

const foldedCode = (code: number) => foldCharacter(String.fromCodePoint(code)).codePointAt(0) ?? 0;

export const equalIgnoringCase = (a: string, b: string | null) =>
  b !== null && a.length === b.length && (a === b || compareIgnoringCase(a, b) === 0);

export function regionMatches(
  text: string,
  offset: number,
  other: string,
  otherOffset: number,
  length: number,
  ignoreCase: boolean,
): boolean {
  if (offset < 0 || otherOffset < 0 || offset > text.length - length || otherOffset > other.length - length)
    return false;
  const [a, b] = [text.slice(offset, offset + length), other.slice(otherOffset, otherOffset + length)];
  return length <= 0 || (ignoreCase ? compareIgnoringCase(a, b) === 0 : a === b);
}

export function hashText(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** An index of any size: below 0 it means 0, beyond the end nothing is found but the empty text. */
export function indexOf(text: string, wanted: string, from: number): number {
  const start = Math.max(0, from);
  return wanted === '' ? Math.min(start, text.length) : findText(text, wanted, start);
}

export const lastIndexOf = (text: string, wanted: string, from: number) =>
  from < 0 ? -1 : findLastText(text, wanted, from);

export const codePointText = (code: number) => (code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined);

/** Character.isWhitespace: Unicode's separators without those that do not break, and some controls of ASCII. */
function isBlankAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31);
  return code !== 0xa0 && code !== 0x2007 && code !== 0x202f && /\p{Z}/u.test(text.charAt(at));
}

export function stripLeading(text: string): string {
  let start = 0;
  while (start < text.length && isBlankAt(text, start)) start++;
  return text.slice(start);
}

export function stripTrailing(text: string): string {
  let end = text.length;
  while (end > 0 && isBlankAt(text, end - 1)) end--;
  return text.slice(0, end);
}

export const isBlank = (text: string) => stripLeading(text) === '';

/** Lines without their ends; a line end at the end of the text begins no further line. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export function indent(text: string, count: number): string {
  if (text === '') return '';
  const lines = linesOf(text);
  limitText(text.length + lines.length * Math.max(0, count));
  const moved = lines.map((line) => (count >= 0 ? ' '.repeat(count) + line : withoutLeading(line, -count)));
  return `${moved.join('\n')}\n`;
}

function withoutLeading(line: string, most: number): string {
  let start = 0;
  while (start < line.length && start < most && isBlankAt(line, start)) start++;
  return line.slice(start);
}

/** Removes the indentation common to all lines, and blanks at their ends; a last line counts even if it is blank. */
export function stripIndent(text: string): string {
  if (text === '') return '';
  const lines = text.split(/\r\n|\r|\n/);
  const counted = lines.filter((line, index) => !isBlank(line) || index === lines.length - 1);
  const common = counted.reduce((least, line) => Math.min(least, line.length - stripLeading(line).length), Infinity);
  return lines.map((line) => (isBlank(line) ? '' : stripTrailing(line.slice(common)))).join('\n');
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  s: ' ',
  t: '\t',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

export function translateEscapes(text: string): string {
  return text.replace(/\\(\r\n|[0-3][0-7]{0,2}|[4-7][0-7]?|[\s\S]?)/g, (_, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    if (/^[\r\n]/.test(code)) return '';
    if (Object.hasOwn(ESCAPES, code)) return ESCAPES[code] ?? '';
    throw illegalArgument(`Invalid escape sequence: \\${code}`);
  });
}

/** String.replace: every occurrence, with nothing special in the replacement. */
export function replaceText(text: string, target: string, replacement: string): string {
  if (target === '') {
    limitText(text.length + (text.length + 1) * replacement.length);
    return replacement + Array.from({ length: text.length }, (_, at) => text.charAt(at) + replacement).join('');
  }
  const parts = splitText(text, target);
  limitText(text.length + (parts.length - 1) * replacement.length);
  return parts.join(replacement);
}

export function requireText(text: string | null, name: string): string {
  if (text === null) throw nullPointer(`"${name}" is null`);
  return text;
}

export function checkRange(offset: number, count: number, length: number): void {
  if (offset < 0 || count < 0 || offset > length - count)
    throw outOfBounds(`offset ${offset}, count ${count}, length ${length}`);
}
