import { LRUCache } from 'lru-cache';
import type { Meter } from '../../meter.ts';
import { CompiledRegex, checkLength } from './compiled.ts';
import type { Found } from './found.ts';
import { Machine } from './machine.ts';
import { MachineFound } from './machine-found.ts';
import { partsOf, type RegexNode } from './node.ts';
import { parseRegex } from './parser.ts';
import { Re2Found } from './re2-found.ts';
import { resolve } from './resolve.ts';

const MAX_CACHED = 500;

/** A pattern that is matched against whole texts. */
export interface WholeMatch {
  matches(text: string, meter: Meter): boolean;
}

/** A pattern that is searched for. */
export interface RegexSearch {
  readonly groupCount: number;
  /** The number of a named group, for `Found.group`. */
  groupNamed(name: string): number | undefined;
  /** Whether it is known what a group has matched: not of one in a look-behind. */
  keeps(group: number): boolean;
  in(text: string, meter: Meter): Found;
}

const wholes = new LRUCache<string, WholeMatch>({ max: MAX_CACHED });
const searches = new LRUCache<string, RegexSearch>({ max: MAX_CACHED });

/**
 * A Java pattern for whole matches (`matches`, `String.matches`, `=~`), in time linear in the text.
 * @throws JavaException PatternSyntaxException
 */
export const compileRegex = (pattern: string): WholeMatch =>
  cached(wholes, pattern, () => {
    const compiled = new CompiledRegex(endingText(resolve(parseRegex(pattern)).root), undefined);
    return {
      matches: (text, meter) =>
        compiled.re2For(text, meter)?.testExact(text) ?? new Machine(compiled.program, text, meter).matchesWhole(),
    };
  });

/**
 * A Java pattern to search for (`replaceAll`, `split`); each search takes time linear in the text.
 * @throws JavaException PatternSyntaxException
 */
export const compileSearch = (pattern: string): RegexSearch =>
  cached(searches, pattern, () => {
    const { root, groupCount, names } = resolve(parseRegex(pattern));
    const compiled = new CompiledRegex(root, groupCount);
    const lost = groupsBehind(root, false);
    return {
      groupCount,
      groupNamed: (name) => names.get(name),
      keeps: (group) => !lost.has(group),
      in: (text, meter) => {
        const re2 = compiled.re2For(text, meter);
        return re2 === undefined
          ? new MachineFound(compiled.program, text, meter)
          : new Re2Found(re2, text, compiled.weight, meter);
      },
    };
  });

/** Where all of the text must match, `$` at the end of the pattern is its end. */
function endingText(node: RegexNode): RegexNode {
  switch (node.kind) {
    case 'place':
      return node.place.endsWith('line-end') ? { kind: 'place', place: 'text-end' } : node;
    case 'sequence': {
      const last = node.items.at(-1);
      return last === undefined ? node : { ...node, items: [...node.items.slice(0, -1), endingText(last)] };
    }
    case 'choice':
      return { ...node, options: node.options.map(endingText) };
    case 'group':
      return { ...node, inner: endingText(node.inner) };
    default:
      return node;
  }
}

function groupsBehind(node: RegexNode, inLook: boolean): ReadonlySet<number> {
  const own = inLook && node.kind === 'group' ? [node.number] : [];
  const within = inLook || (node.kind === 'look' && node.behind && !node.negative);
  return new Set([...own, ...partsOf(node).flatMap((part) => [...groupsBehind(part, within)])]);
}

function cached<T extends object>(cache: LRUCache<string, T>, pattern: string, make: () => T): T {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  checkLength(pattern);
  const made = make();
  cache.set(pattern, made);
  return made;
}
