import { codeText, rangesText } from './class.ts';
import { canBeEmpty, partsOf, type RegexNode, type SetNode } from './node.ts';

/** What a pattern requires about line terminators. */
export interface Re2Pattern {
  readonly text: string;
  /** Whether it means the same in texts without line terminators only. */
  readonly oneLine: boolean;
}

/** Its counts, and how much it unrolls them to. */
const MAX_COUNT = 1000;

/** A pattern in RE2's syntax; undefined if RE2 cannot express it. `groupCount`: see `CompiledRegex`. */
export function toRe2(root: RegexNode, groupCount: number | undefined): Re2Pattern | undefined {
  // Empty rounds are visible only in groups, or in the end of a match.
  if (groupCount !== undefined && hasEmptyRounds(root)) return undefined;
  const writer = new Re2Writer();
  const text = writer.write(root);
  // RE2 numbers groups as they come, and what is spelled out has some of them more than once.
  const isNumbered = groupCount === undefined || (writer.inOrder && writer.groups === groupCount);
  return text === undefined || !isNumbered ? undefined : { text, oneLine: writer.oneLine };
}

/** Whether a loop has a body that can match nothing, where RE2 prefers other matches. */
const hasEmptyRounds = (node: RegexNode): boolean =>
  (node.kind === 'repeat' && node.max > 1 && canBeEmpty(node.inner)) || partsOf(node).some(hasEmptyRounds);

class Re2Writer {
  oneLine = false;
  groups = 0;
  inOrder = true;

  write(node: RegexNode): string | undefined {
    switch (node.kind) {
      case 'set':
        return setText(node);
      case 'sequence':
        return this.#join(node.items, '');
      case 'choice':
        if (node.options.length === 0) return '[^\\x{0}-\\x{10ffff}]';
        return wrapped('(?:', this.#join(node.options, '|'));
      case 'group':
        this.groups++;
        if (node.number !== this.groups) this.inOrder = false;
        return wrapped('(', this.write(node.inner));
      case 'repeat':
        return this.#repeat(node.inner, node.min, node.max, node.lazy);
      case 'place':
        return this.#place(node.place);
      case 'look':
        return node.behind ? wrapped(node.negative ? '(?<!' : '(?<=', this.write(node.inner)) : undefined;
      case 'atomic':
      case 'reference':
      case 'same':
        return undefined;
    }
  }

  #join(nodes: readonly RegexNode[], separator: string): string | undefined {
    const texts: string[] = [];
    for (const node of nodes) {
      const text = this.write(node);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return texts.join(separator);
  }

  #repeat(inner: RegexNode, min: number, max: number, lazy: boolean): string | undefined {
    const text = inner.kind === 'set' || inner.kind === 'group' ? this.write(inner) : wrapped('(?:', this.write(inner));
    if (text === undefined || min > MAX_COUNT || (max > MAX_COUNT && max !== Number.POSITIVE_INFINITY))
      return undefined;
    return `${text}${quantifier(min, max)}${lazy ? '?' : ''}`;
  }

  #place(place: (RegexNode & { kind: 'place' })['place']): string | undefined {
    switch (place) {
      case 'text-start':
        return '\\A';
      case 'text-end':
        return '\\z';
      case 'word-boundary':
        return '\\b';
      case 'no-word-boundary':
        return '\\B';
      case 'match-end':
        return undefined;
      case 'line-start':
      case 'unix-line-start':
        this.oneLine = true;
        return '\\A';
      case 'line-end':
      case 'unix-line-end':
      case 'last-line-end':
      case 'unix-last-line-end':
        this.oneLine = true;
        return '\\z';
    }
  }
}

const wrapped = (open: string, text: string | undefined) => (text === undefined ? undefined : `${open}${text})`);

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function setText(set: SetNode): string {
  const text = withoutFlags(set);
  return set.foldsAll ? `(?i:${text})` : text;
}

function withoutFlags({ negated, ranges, properties }: SetNode): string {
  const [first, further] = ranges;
  if (properties.length === 0) {
    if (first === undefined) return negated ? '(?s:.)' : '[^\\x{0}-\\x{10ffff}]';
    if (!negated && further === undefined && first[0] === first[1]) return codeText(first[0]);
    if (!negated && further === undefined && first[0] === 0 && first[1] === 0x10ffff) return '(?s:.)';
  }
  return `[${negated ? '^' : ''}${rangesText(ranges)}${properties.join('')}]`;
}
