import { JavaException } from '../../java-exception.ts';
import { limitText } from '../../limits.ts';
import type { Meter } from '../../meter.ts';
import type { Found } from './found.ts';
import { compileSearch, type RegexSearch } from './index.ts';

/** String.replaceAll, or replaceFirst with `once`. */
export function replace(text: string, pattern: string, replacement: string, once: boolean, meter: Meter): string {
  const search = compileSearch(pattern);
  const found = search.in(text, meter);
  let parts: Replacement | undefined;
  let result = '';
  let end = 0;
  while (found.find()) {
    parts ??= parseReplacement(replacement, search);
    result += text.slice(end, found.start) + expand(parts, found);
    limitText(result.length);
    end = found.end;
    if (once) break;
  }
  return result + text.slice(end);
}

type Replacement = readonly (string | number)[];

/** Text and group numbers. As in Java the replacement is read only when something matches. */
function parseReplacement(replacement: string, search: RegexSearch): Replacement {
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
        const group = search.groupNamed(name[1] ?? '');
        if (group === undefined) throw illegal(`No group with name {${name[1]}}`);
        parts.push(kept(group, search));
        at += name[0].length;
      } else {
        const { group, length } = groupNumber(rest, search.groupCount);
        parts.push(kept(group, search));
        at += length;
      }
    } else parts.push(character);
  }
  return parts;
}

function kept(group: number, search: RegexSearch): number {
  if (search.keeps(group)) return group;
  throw new JavaException(
    'IllegalArgumentException',
    `group ${group} is in a look-behind: what it matches is not kept`,
  );
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

function expand(parts: Replacement, found: Found): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : found.group(part);
  return text;
}

/** String.split: `limit` 0 drops empty texts at the end, a negative one keeps them. */
export function split(text: string, pattern: string, limit: number, meter: Meter): string[] {
  // Java finds nothing between the halves of a surrogate pair too.
  if (pattern === '' && text !== '') {
    meter.step(text.length);
    return splitUnits(text, limit);
  }
  const found = compileSearch(pattern).in(text, meter);
  const parts: string[] = [];
  let index = 0;
  while (found.find()) {
    if (limit > 0 && parts.length >= limit - 1) break;
    const { start, end } = found;
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
