import { JavaException } from '../../java-exception.ts';
import { NEVER, type Regex, type RegexNode, type RepeatNode, sizeOf, withParts } from './node.ts';
import { asSame, casesOf, groupsOf, refersTo, spellOut } from './references.ts';

/** Read and spelled out. */
const MAX_NODES = 20_000;
const LONG = 0x7fffffff;

/**
 * Rewrites what an automaton cannot do by itself, if the meaning stays the same:
 * - a reference to a group of a few texts (`(["']).*?\1`): each of them is tried in turn;
 * - a reference directly after its group of one character (`(.)\1+`): the previous character again;
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

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > MAX_NODES) throw this.#unsupported('A pattern of so many parts');
  }

  node(node: RegexNode): RegexNode {
    this.#count(1);
    switch (node.kind) {
      case 'reference':
        if (node.group > this.#groupCount) return NEVER;
        throw this.#unsupported('This back reference');
      case 'atomic':
        return this.#atomic(this.node(node.inner));
      case 'look':
        if (node.behind && longest(node.inner) === Number.POSITIVE_INFINITY) {
          throw new JavaException(
            'PatternSyntaxException',
            'Look-behind group does not have an obvious maximum length',
          );
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
          this.#count(cases.length * rest.reduce((sum, later) => sum + sizeOf(later), 1));
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
