import { normalise } from './class.ts';
import { otherCase } from './flags.ts';
import { EMPTY, type GroupNode, NEVER, partsOf, type RegexNode, type SetNode, setOf, withParts } from './node.ts';
import { rangesOf } from './ranges.ts';

/** The maximum number of texts of a group whose references are spelled out. */
const MAX_TEXTS = 16;

export const refersTo = (node: RegexNode, group: number): boolean =>
  node.kind === 'reference' ? node.group === group : partsOf(node).some((part) => refersTo(part, group));

export const groupsOf = (node: RegexNode): readonly number[] =>
  node.kind === 'group' ? [node.number, ...groupsOf(node.inner)] : partsOf(node).flatMap(groupsOf);

/**
 * References to a group of one character, directly after it or after each other, as that character again: `\\1`,
 * `\\1{2,}`, `(?!\\1)`. Undefined when one of them comes later.
 */
export function asSame(items: readonly RegexNode[], group: number): readonly RegexNode[] | undefined {
  const result: RegexNode[] = [];
  let adjacent = true;
  for (const item of items) {
    const same = adjacent ? oneAsSame(item, group) : undefined;
    if (same === undefined && refersTo(item, group)) return undefined;
    result.push(same ?? item);
    if (same === undefined && item.kind !== 'place' && item.kind !== 'look') adjacent = false;
  }
  return result;
}

function oneAsSame(node: RegexNode, group: number): RegexNode | undefined {
  switch (node.kind) {
    case 'reference':
      return node.group === group ? { kind: 'same', ignoreCase: node.ignoreCase } : undefined;
    case 'repeat': {
      const inner = oneAsSame(node.inner, group);
      return inner === undefined ? undefined : { ...node, inner };
    }
    case 'look': {
      if (node.behind || !refersTo(node.inner, group)) return undefined;
      const items = asSame(node.inner.kind === 'sequence' ? node.inner.items : [node.inner], group);
      return items === undefined ? undefined : { ...node, inner: { kind: 'sequence', items } };
    }
    default:
      return undefined;
  }
}

/** One way in which a node can match, and what a group has matched then: null when it takes no part. */
interface Case {
  readonly node: RegexNode;
  readonly text: readonly SetNode[] | null;
}

/** The ways of a node in which a group matches one text each, in the order of preference; undefined when they are many. */
export function casesOf(node: RegexNode, group: number): readonly Case[] | undefined {
  if (!groupsOf(node).includes(group)) return [{ node, text: null }];
  switch (node.kind) {
    case 'group': {
      if (node.number !== group) return within(node, group);
      return textsOf(node.inner)?.map((text) => ({
        node: { ...node, inner: { kind: 'sequence', items: text } },
        text,
      }));
    }
    case 'choice': {
      const options = node.options.map((option) => casesOf(option, group));
      const cases = options.flatMap((option) => option ?? []);
      return options.includes(undefined) || cases.length > MAX_TEXTS ? undefined : cases;
    }
    case 'sequence': {
      const at = node.items.findIndex((item) => groupsOf(item).includes(group));
      const item = node.items[at];
      const cases = item === undefined ? undefined : casesOf(item, group);
      return cases?.map(({ node: one, text }) => {
        const items = [
          ...node.items.slice(0, at),
          one,
          ...node.items.slice(at + 1).map((later) => spellOut(later, group, text)),
        ];
        return { node: { kind: 'sequence', items }, text };
      });
    }
    case 'repeat': {
      if (node.max !== 1) return undefined;
      const cases = casesOf(node.inner, group);
      if (cases === undefined || node.min === 1) return cases;
      const skipped: Case = { node: EMPTY, text: null };
      return node.lazy ? [skipped, ...cases] : [...cases, skipped];
    }
    default:
      return undefined;
  }
}

function within(node: GroupNode, group: number): readonly Case[] | undefined {
  return casesOf(node.inner, group)?.map(({ node: inner, text }) => ({ node: { ...node, inner }, text }));
}

export function spellOut(node: RegexNode, group: number, text: readonly SetNode[] | null): RegexNode {
  if (node.kind !== 'reference') return withParts(node, (part) => spellOut(part, group, text));
  if (node.group !== group) return node;
  if (text === null) return NEVER;
  return { kind: 'sequence', items: node.ignoreCase ? text.map(inBothCases) : text };
}

const inBothCases = (set: SetNode): SetNode => ({
  ...set,
  ranges: normalise([...set.ranges, ...set.ranges.flatMap(([from, to]) => otherCase(from, to))]),
});

/** All texts that a node matches, in the order of its preference, when they are few. */
function textsOf(node: RegexNode): readonly (readonly SetNode[])[] | undefined {
  switch (node.kind) {
    case 'set': {
      if (node.foldsAll) return undefined;
      const ranges = rangesOf(node);
      const count = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
      if (count > MAX_TEXTS) return undefined;
      return ranges.flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, index) => [setOf([[from + index, from + index]])]),
      );
    }
    case 'sequence': {
      let texts: readonly (readonly SetNode[])[] = [[]];
      for (const item of node.items) {
        const further = textsOf(item);
        if (further === undefined || texts.length * further.length > MAX_TEXTS) return undefined;
        texts = texts.flatMap((text) => further.map((more) => [...text, ...more]));
      }
      return texts;
    }
    case 'choice': {
      const options = node.options.map(textsOf);
      const texts = options.flatMap((option) => option ?? []);
      return options.includes(undefined) || texts.length > MAX_TEXTS ? undefined : texts;
    }
    default:
      return undefined;
  }
}
