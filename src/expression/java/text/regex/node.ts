import type { Ranges } from './class.ts';

/** Places without a width. */
export type Place =
  /** `^`, `\A` */
  | 'text-start'
  /** `\z` */
  | 'text-end'
  /** `$`, `\Z`: also before a last line terminator. */
  | 'last-line-end'
  /** `^` with the flag m: not at the end of the text, even after a line terminator. */
  | 'line-start'
  /** `$` with the flag m: not inside of `\r\n`. */
  | 'line-end'
  /** The three with the flag d, for which `\n` alone ends a line. */
  | 'unix-last-line-end'
  | 'unix-line-start'
  | 'unix-line-end'
  | 'word-boundary'
  | 'no-word-boundary'
  /** `\G` */
  | 'match-end';

/** A part of a regular expression; flags are resolved. */
export type RegexNode =
  /** One code point. */
  | SetNode
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | GroupNode
  | RepeatNode
  | { readonly kind: 'place'; readonly place: Place }
  | LookNode
  /** `(?>…)`, also the meaning of a possessive quantifier. */
  | { readonly kind: 'atomic'; readonly inner: RegexNode }
  | ReferenceNode
  /** The code point before, once more; that is what is left of some references. */
  | { readonly kind: 'same'; readonly ignoreCase: boolean };

export interface SetNode {
  readonly kind: 'set';
  readonly negated: boolean;
  readonly ranges: Ranges;
  /** Properties in RE2's notation, which are ranges only once they are asked for. */
  readonly properties: readonly string[];
  /** Whether letters of any script match in either case (the flags i and u). */
  readonly foldsAll: boolean;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly number: number;
  readonly inner: RegexNode;
}

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly inner: RegexNode;
  readonly min: number;
  /** Infinity where there is no limit. */
  readonly max: number;
  readonly lazy: boolean;
}

export interface LookNode {
  readonly kind: 'look';
  readonly behind: boolean;
  readonly negative: boolean;
  readonly inner: RegexNode;
}

export interface ReferenceNode {
  readonly kind: 'reference';
  readonly group: number;
  readonly ignoreCase: boolean;
}

/** A pattern that has been read. */
export interface Regex {
  readonly pattern: string;
  readonly root: RegexNode;
  readonly groupCount: number;
  readonly names: ReadonlyMap<string, number>;
}

export const EMPTY: RegexNode = { kind: 'sequence', items: [] };

export const NEVER: RegexNode = { kind: 'choice', options: [] };

export const setOf = (ranges: Ranges, foldsAll = false): SetNode => ({
  kind: 'set',
  negated: false,
  ranges,
  properties: [],
  foldsAll,
});

/** The parts that a node is made of. */
export function partsOf(node: RegexNode): readonly RegexNode[] {
  switch (node.kind) {
    case 'sequence':
      return node.items;
    case 'choice':
      return node.options;
    case 'group':
    case 'repeat':
    case 'look':
    case 'atomic':
      return [node.inner];
    default:
      return [];
  }
}

/** Whether a node can match without a character. */
export function canBeEmpty(node: RegexNode): boolean {
  switch (node.kind) {
    case 'set':
    case 'same':
      return false;
    case 'sequence':
      return node.items.every(canBeEmpty);
    case 'choice':
      return node.options.some(canBeEmpty);
    case 'group':
    case 'atomic':
      return canBeEmpty(node.inner);
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.inner);
    default:
      return true;
  }
}

/** How many nodes a node is made of. */
export const sizeOf = (node: RegexNode): number => partsOf(node).reduce((sum, part) => sum + sizeOf(part), 1);

/** The node with other parts. */
export function withParts(node: RegexNode, change: (part: RegexNode) => RegexNode): RegexNode {
  switch (node.kind) {
    case 'sequence':
      return { ...node, items: node.items.map(change) };
    case 'choice':
      return { ...node, options: node.options.map(change) };
    case 'group':
    case 'repeat':
    case 'look':
    case 'atomic':
      return { ...node, inner: change(node.inner) };
    default:
      return node;
  }
}
