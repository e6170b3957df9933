import { complement, intersection, normalise, type Ranges } from './class.ts';
import { readEscape } from './escapes.ts';
import { type Flags, foldsAll, foldsAscii, otherCase } from './flags.ts';
import type { SetNode } from './node.ts';
import { propertyRanges } from './properties.ts';
import type { PatternSource } from './source.ts';

const MAX_DEPTH = 20;

/** The parts of one character class. */
interface ClassParts {
  readonly ranges: (readonly [number, number])[];
  /** Classes that RE2 has by name, in its notation. */
  readonly properties: string[];
}

/** Reads a class, from after its `[` to after its `]`. */
export function readClass(source: PatternSource, flags: Flags): SetNode {
  const { negated, parts } = body(source, flags, 0);
  return {
    kind: 'set',
    negated,
    ranges: normalise(parts.ranges),
    properties: parts.properties,
    foldsAll: foldsAll(flags),
  };
}

function body(source: PatternSource, flags: Flags, depth: number): { negated: boolean; parts: ClassParts } {
  if (depth > MAX_DEPTH) throw source.fail('Character class nested too deeply');
  const negated = source.accept('^');
  let parts: ClassParts = { ranges: [], properties: [] };
  let left: ClassParts | undefined;
  let first = true;
  for (;;) {
    if (flags.comments) skipComments(source);
    if (source.atEnd) throw source.fail('Unclosed character class');
    if (source.next === ']' && !first) break;
    first = false;
    if (source.accept('&&')) {
      left = left === undefined ? parts : intersect(left, parts);
      parts = { ranges: [], properties: [] };
    } else if (source.accept('[')) {
      const inner = body(source, flags, depth + 1);
      if (inner.negated) parts.ranges.push(...complement(plain(inner.parts)));
      else {
        parts.ranges.push(...inner.parts.ranges);
        parts.properties.push(...inner.parts.properties);
      }
    } else if (source.accept('\\Q')) quoted(source, flags, parts);
    else member(source, flags, parts);
  }
  source.at++;
  return { negated, parts: left === undefined ? parts : intersect(left, parts) };
}

const BLANKS_AND_COMMENTS = /(?:[ \t\n\v\f\r]+|#[^\n\r\u0085\u2028\u2029]*)+/y;

/** With the flag x, blanks are ignored, and so is `#` to the end of its line. */
export function skipComments(source: PatternSource): void {
  source.match(BLANKS_AND_COMMENTS);
}

function intersect(a: ClassParts, b: ClassParts): ClassParts {
  return { ranges: intersection(plain(a), plain(b)), properties: [] };
}

/** With the properties as ranges. */
function plain({ ranges, properties }: ClassParts): Ranges {
  return [...ranges, ...properties.flatMap(propertyRanges)];
}

/** `\Q…\E` inside of a class: its characters one by one. */
function quoted(source: PatternSource, flags: Flags, parts: ClassParts): void {
  while (!source.atEnd && !source.accept('\\E')) {
    const code = source.take().codePointAt(0) ?? 0;
    addRange(parts, code, code, flags);
  }
}

function member(source: PatternSource, flags: Flags, parts: ClassParts): void {
  const from = single(source, flags);
  if (typeof from !== 'number') {
    if (typeof from === 'string') parts.properties.push(from);
    else parts.ranges.push(...from);
    return;
  }
  const behind = source.pattern[source.at + 1];
  if (source.next !== '-' || behind === undefined || behind === ']' || behind === '[') {
    addRange(parts, from, from, flags);
    return;
  }
  source.at++;
  const to = single(source, flags);
  if (typeof to !== 'number' || to < from) throw source.fail('Illegal character range');
  addRange(parts, from, to, flags);
}

function addRange(parts: ClassParts, from: number, to: number, flags: Flags): void {
  parts.ranges.push([from, to]);
  if (foldsAscii(flags)) parts.ranges.push(...otherCase(from, to));
}

function single(source: PatternSource, flags: Flags): number | Ranges | string {
  const character = source.take();
  if (character !== '\\') return character.codePointAt(0) ?? 0;
  if (source.atEnd) throw source.fail('Unexpected end of the pattern');
  return readEscape(source, flags);
}
