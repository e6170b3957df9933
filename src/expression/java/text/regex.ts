import { type Matcher, RE2JS } from 're2js';
import { JavaException, nullPointer } from '../java-exception.ts';
import { limitText } from '../limits.ts';
import { type SplitPattern, splitLookaheads } from './leading-lookaheads.ts';
import { translateRegex } from './regex-translate.ts';

const MAX_PATTERN_LENGTH = 2000;
const MAX_CACHED = 500;

const cache = new Map<string, RE2JS>();

/** A pattern that is asked whether it matches whole texts. */
export interface WholeMatch {
  testExact(text: string): boolean;
}

const wholes = new Map<string, WholeMatch>();

/**
 * A Java pattern for whole matches (`matches`, `String.matches`, `=~`), in time linear in the text. Lookaheads at its
 * start are allowed here. Throws PatternSyntaxException.
 */
export function compileRegex(pattern: string): WholeMatch {
  const known = wholes.get(pattern);
  if (known !== undefined) return known;
  const split = pattern.includes('(?=') || pattern.includes('(?!') ? splitLookaheads(pattern) : undefined;
  const whole = split === undefined ? search(pattern) : compileSplit(split);
  if (wholes.size >= MAX_CACHED) wholes.clear();
  wholes.set(pattern, whole);
  return whole;
}

function compileSplit({ lookaheads, rest }: SplitPattern): WholeMatch {
  const whole = search(rest);
  const asked = lookaheads.map(({ pattern, negative }) => ({ regex: search(pattern), negative }));
  return {
    testExact: (text) =>
      asked.every(({ regex, negative }) => regex.matcher(text).lookingAt() !== negative) && whole.testExact(text),
  };
}

/** A Java pattern on RE2, to be searched for. Throws PatternSyntaxException. */
function search(pattern: string): RE2JS {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new JavaException(
      'PatternSyntaxException',
      `A pattern of ${pattern.length} characters: the limit is ${MAX_PATTERN_LENGTH}`,
    );
  }
  const compiled = compile(pattern);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RE2JS {
  const translated = translateRegex(pattern);
  try {
    return RE2JS.compile(translated, RE2JS.LOOKBEHINDS);
  } catch (error) {
    throw new JavaException(
      'PatternSyntaxException',
      `${error instanceof Error ? error.message : String(error)} in the pattern ${pattern.slice(0, 80)}`,
    );
  }
}

/** String.matches: the whole text. */
export const matchesRegex = (text: string, pattern: string) => compileRegex(pattern).testExact(text);

export function replaceAll(text: string, pattern: string, replacement: string): string {
  return replace(text, pattern, replacement, false);
}

export function replaceFirst(text: string, pattern: string, replacement: string): string {
  return replace(text, pattern, replacement, true);
}

function replace(text: string, pattern: string, replacement: string, once: boolean): string {
  const regex = search(pattern);
  if (replacement === null) throw nullPointer('replacement');
  const matcher = regex.matcher(text);
  let parts: Replacement | undefined;
  let result = '';
  let end = 0;
  while (matcher.find()) {
    parts ??= parseReplacement(replacement, regex);
    result += text.slice(end, matcher.start()) + expand(parts, matcher);
    limitText(result.length);
    end = matcher.end();
    if (once) break;
  }
  return result + text.slice(end);
}

type Replacement = readonly (string | number)[];

/** Text and group numbers. As in Java the replacement is read only when something matches. */
function parseReplacement(replacement: string, regex: RE2JS): Replacement {
  const parts: (string | number)[] = [];
  const illegal = (reason: string) => new JavaException('IllegalArgumentException', reason);
  for (let at = 0; at < replacement.length; at++) {
    const character = replacement.charAt(at);
    if (character === '\\') {
      if (++at === replacement.length) throw illegal('character to be escaped is missing');
      parts.push(replacement.charAt(at));
    } else if (character === '$') {
      const rest = replacement.slice(at + 1, at + 100);
      if (rest === '') throw illegal('Illegal group reference: group index is missing');
      const name = /^\{([A-Za-z][A-Za-z0-9]*)\}/.exec(rest);
      if (name !== null) {
        const groups = regex.namedGroups();
        const group = Object.hasOwn(groups, name[1] ?? '') ? groups[name[1] ?? ''] : undefined;
        if (group === undefined) throw illegal(`No group with name {${name[1]}}`);
        parts.push(group);
        at += name[0].length;
      } else {
        const { group, length } = groupNumber(rest, regex.groupCount());
        parts.push(group);
        at += length;
      }
    } else parts.push(character);
  }
  return parts;
}

/** As many digits as still name a group: `$12` is group 1 and `2` where there is no group 12. */
function groupNumber(rest: string, count: number): { group: number; length: number } {
  if (!/^[0-9]/.test(rest)) throw new JavaException('IllegalArgumentException', 'Illegal group reference');
  let group = Number(rest[0]);
  let length = 1;
  if (group > count) throw new JavaException('IndexOutOfBoundsException', `No group ${group}`);
  while (/[0-9]/.test(rest.charAt(length))) {
    const longer = group * 10 + Number(rest[length]);
    if (longer > count) break;
    group = longer;
    length++;
  }
  return { group, length };
}

function expand(parts: Replacement, matcher: Matcher): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : (matcher.group(part) ?? '');
  return text;
}

/** String.split: `limit` 0 drops empty texts at the end, a negative one keeps them. */
export function split(text: string, pattern: string, limit: number): string[] {
  // Java finds nothing between the halves of a surrogate pair too.
  if (pattern === '' && text !== '') return splitUnits(text, limit);
  const matcher = search(pattern).matcher(text);
  const parts: string[] = [];
  let index = 0;
  while (matcher.find()) {
    if (limit > 0 && parts.length >= limit - 1) break;
    const [start, end] = [matcher.start(), matcher.end()];
    // A match of nothing at the very start does not split off an empty text.
    if (index === 0 && start === 0 && end === 0) continue;
    parts.push(text.slice(index, start));
    index = end;
  }
  if (index === 0 && parts.length === 0) return [text];
  parts.push(text.slice(index));
  if (limit === 0) while (parts.length > 0 && parts.at(-1) === '') parts.pop();
  return parts;
}

function splitUnits(text: string, limit: number): string[] {
  if (limit > 0 && limit < text.length) return [...text.slice(0, limit - 1).split(''), text.slice(limit - 1)];
  return limit === 0 || limit === text.length ? text.split('') : [...text.split(''), ''];
}
