import { JavaException } from '../../java-exception.ts';
import { normalise } from './class.ts';
import { otherCase } from './flags.ts';
import { partsOf, type Regex, type RegexNode, type RepeatNode, type SetNode, setOf, withParts } from './node.ts';
import { rangesOf } from './ranges.ts';

/** How many texts a group may stand for so that a reference to it is spelled out. */
const MAX_TEXTS = 16;
const MAX_NODES = 5000;

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
  #nodes = 0;

  constructor({ pattern }: Regex) {
    this.#pattern = pattern;
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
      if (item.kind === 'group' && rest.some((later) => refersTo(later, item.number))) {
        const texts = textsOf(item.inner);
        if (texts !== undefined) {
          const options = texts.map((text): RegexNode => {
            const group: RegexNode = { ...item, inner: { kind: 'sequence', items: text } };
            const spelled = rest.map((later) => spellOut(later, item.number, text));
            return { kind: 'sequence', items: [this.node(group), this.#sequence(spelled)] };
          });
          return { kind: 'sequence', items: [...done, { kind: 'choice', options }] };
        }
        if (item.inner.kind === 'set') {
          const repeats = rest.findIndex((later) => repeatedReference(later, item.number) === undefined);
          const here = repeats < 0 ? rest : rest.slice(0, repeats);
          const same = here.map((later) => repeatedReference(later, item.number) ?? later);
          return { kind: 'sequence', items: [...done, item, ...same, this.#sequence(rest.slice(here.length))] };
        }
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

/** `\1` or `\1{2,}` right behind group 1, as repetitions of the character before. */
function repeatedReference(node: RegexNode, group: number): RegexNode | undefined {
  if (node.kind === 'reference') {
    return node.group === group ? { kind: 'same', ignoreCase: node.ignoreCase } : undefined;
  }
  if (node.kind !== 'repeat') return undefined;
  const inner = repeatedReference(node.inner, group);
  return inner === undefined ? undefined : { ...node, inner };
}

function spellOut(node: RegexNode, group: number, text: readonly SetNode[]): RegexNode {
  if (node.kind !== 'reference') return withParts(node, (part) => spellOut(part, group, text));
  if (node.group !== group) return node;
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
      return inner === 0 ? 0 : inner * node.max;
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

