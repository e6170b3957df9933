import { JavaException } from '../../java-exception.ts';
import { normalise } from './class.ts';
import { otherCase } from './flags.ts';
import { EMPTY, type GroupNode, NEVER, partsOf, type Regex, type RegexNode, type RepeatNode, type SetNode, setOf, withParts } from './node.ts';
import { rangesOf } from './ranges.ts';

/** How many texts a group may stand for so that a reference to it is spelled out. */
const MAX_TEXTS = 16;
const MAX_NODES = 5000;
const LONG = 0x7fffffff;

/**
 * Puts otherwise what no automaton does by itself, where that keeps its meaning:
 * - a reference to a group of a few texts (`(["']).*?\1`): each of them is tried in turn;
 * - a reference right behind its group of one character (`(.)\1+`): the character before, once more;
 * - a possessive quantifier or atomic group about what matches in one way only (`\d++`, `(?>[^<]*)`): none may follow.
 * @throws JavaException for all others
 */
export function resolve(regex: Regex): Regex {
  const resolver = new Resolver(regex);
  return { ...regex, root: resolver.node(regex.root) };
}

class Resolver {
  readonly #pattern: string;
  readonly #groupCount: number;
  #nodes = 0;

  constructor({ pattern, groupCount }: Regex) {
    this.#pattern = pattern;
    this.#groupCount = groupCount;
  }

  #unsupported(what: string): JavaException {
    return new JavaException(
      'PatternSyntaxException',
      `${what} cannot run in linear time and is not supported, in the pattern ${this.#pattern.slice(0, 80)}`,
    );
  }

  node(node: RegexNode): RegexNode {
    if (++this.#nodes > MAX_NODES) throw this.#unsupported('A pattern of so many parts');
    switch (node.kind) {
      case 'reference':
        if (node.group > this.#groupCount) return NEVER;
        throw this.#unsupported('This back reference');
      case 'atomic':
        return this.#atomic(this.node(node.inner));
      case 'look':
        if (node.behind && longest(node.inner) === Number.POSITIVE_INFINITY) {
          throw new JavaException('PatternSyntaxException', 'Look-behind group does not have an obvious maximum length');
        }
        return withParts(node, (part) => this.node(part));
      case 'sequence':
        return this.#sequence(node.items);
      default:
        return withParts(node, (part) => this.node(part));
    }
  }

  #sequence(items: readonly RegexNode[]): RegexNode {
    const done: RegexNode[] = [];
    for (const [index, item] of items.entries()) {
      const rest = items.slice(index + 1);
      const group = groupsOf(item).find((number) => rest.some((later) => refersTo(later, number)));
      if (group !== undefined) {
        const cases = casesOf(item, group);
        if (cases !== undefined) {
          const options = cases.map(({ node, text }): RegexNode => {
            const spelled = rest.map((later) => spellOut(later, group, text));
            return this.#sequence([node, ...spelled]);
          });
          return { kind: 'sequence', items: [...done, { kind: 'choice', options }] };
        }
        const same = item.kind === 'group' && item.inner.kind === 'set' ? asSame(rest, group) : undefined;
        if (same !== undefined) return { kind: 'sequence', items: [...done, item, this.#sequence(same)] };
      }
      done.push(this.node(item));
    }
    return { kind: 'sequence', items: done };
  }

  #atomic(inner: RegexNode): RegexNode {
    if (isFixed(inner)) return inner;
    if (inner.kind === 'choice' && inner.options.every(isFixed)) return inOrder(inner.options);
    if (inner.kind === 'sequence' && inner.items.slice(0, -1).every(isFixed)) {
      const last = inner.items.at(-1);
      if (last !== undefined) return { ...inner, items: [...inner.items.slice(0, -1), this.#atomic(last)] };
    }
    if (inner.kind === 'repeat' && !inner.lazy) {
      const repeated = inner.min > 1 && !isFixed(inner.inner) ? undefined : onlyWay(inner.inner);
      if (repeated !== undefined) return asManyAsFit(inner, repeated);
    }
    throw this.#unsupported('This possessive quantifier or atomic group');
  }
}

const notHere = (inner: RegexNode): RegexNode => ({ kind: 'look', behind: false, negative: true, inner });

/** The first option that matches, and no other. */
const inOrder = (options: readonly RegexNode[]): RegexNode => ({
  kind: 'choice',
  options: options.map((option, index) => ({
    kind: 'sequence',
    items: [...options.slice(0, index).map(notHere), option],
  })),
});

function onlyWay(node: RegexNode): RegexNode | undefined {
  if (isFixed(node)) return node;
  if (node.kind === 'choice' && node.options.every(isFixed)) return inOrder(node.options);
  if (node.kind !== 'group') return undefined;
  const inner = onlyWay(node.inner);
  return inner === undefined ? undefined : { ...node, inner };
}

/** Repetitions that stop only where none follows or the most are reached. */
function asManyAsFit(repeat: RepeatNode, inner: RegexNode): RegexNode {
  const none = notHere(repeat.inner);
  const { min, max } = repeat;
  if (max === Number.POSITIVE_INFINITY) return { kind: 'sequence', items: [{ ...repeat, inner }, none] };
  const all: RegexNode = { ...repeat, inner, min: max };
  if (min === max) return all;
  return { kind: 'choice', options: [all, { kind: 'sequence', items: [{ ...repeat, inner, max: max - 1 }, none] }] };
}

const refersTo = (node: RegexNode, group: number): boolean =>
  node.kind === 'reference' ? node.group === group : partsOf(node).some((part) => refersTo(part, group));

const groupsOf = (node: RegexNode): readonly number[] =>
  node.kind === 'group' ? [node.number, ...groupsOf(node.inner)] : partsOf(node).flatMap(groupsOf);

/**
 * References to a group of one character, right behind it or behind each other, as that character once more: `\\1`,
 * `\\1{2,}`, `(?!\\1)`. Undefined when one of them comes later.
 */
function asSame(items: readonly RegexNode[], group: number): readonly RegexNode[] | undefined {
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
function casesOf(node: RegexNode, group: number): readonly Case[] | undefined {
  if (!groupsOf(node).includes(group)) return [{ node, text: null }];
  switch (node.kind) {
    case 'group': {
      if (node.number !== group) return within(node, group);
      return textsOf(node.inner)?.map((text) => ({ node: { ...node, inner: { kind: 'sequence', items: text } }, text }));
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
        const items = [...node.items.slice(0, at), one, ...node.items.slice(at + 1).map((later) => spellOut(later, group, text))];
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

function spellOut(node: RegexNode, group: number, text: readonly SetNode[] | null): RegexNode {
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

/** Whether a node matches in at most one way wherever it starts, and never nothing. */
function isFixed(node: RegexNode): boolean {
  switch (node.kind) {
    case 'set':
      return true;
    case 'group':
      return isFixed(node.inner);
    case 'repeat':
      return node.min === node.max && node.min > 0 && isFixed(node.inner);
    case 'sequence':
      return node.items.length > 0 && node.items.every(isFixed);
    default:
      return false;
  }
}

/** The most characters that a node matches, as far as is obvious. */
function longest(node: RegexNode): number {
  switch (node.kind) {
    case 'set':
    case 'same':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + longest(item), 0);
    case 'choice':
      return Math.max(...node.options.map(longest));
    case 'repeat': {
      const inner = longest(node.inner);
      if (inner === 0) return 0;
      // The original takes `a*` for obvious, but neither `(ab)*` nor `a{1,}`.
      const isRun = node.inner.kind === 'set' && node.min <= 1 && !node.lazy;
      return node.max === Number.POSITIVE_INFINITY && isRun ? LONG : inner * node.max;
    }
    case 'group':
    case 'atomic':
      return longest(node.inner);
    case 'reference':
      return Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}

