import { classEscape, complement, LINE_TERMINATORS, type Ranges } from './class.ts';
import { readClass, skipComments } from './class-parser.ts';
import { readEscape } from './escapes.ts';
import { changeFlags, FLAG_LETTERS, type Flags, foldsAll, foldsAscii, NO_FLAGS, otherCase } from './flags.ts';
import { EMPTY, type Place, type Regex, type RegexNode, setOf } from './node.ts';
import { PatternSource } from './source.ts';

const MAX_DEPTH = 250;
const ALL: Ranges = [[0, 0x10ffff]];
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;
/** `\R` */
const LINE_BREAK: RegexNode = {
  kind: 'choice',
  options: [
    {
      kind: 'sequence',
      items: [setOf([[CARRIAGE_RETURN, CARRIAGE_RETURN]]), setOf([[LINE_FEED, LINE_FEED]])],
    },
    setOf(classEscape('v', '') as Ranges),
  ],
};
const COUNT = /(\d{1,9})(,(\d{0,9}))?\}/y;
const NAME = /([A-Za-z][A-Za-z0-9]*)>/y;
const FLAGS = /([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/y;

/**
 * Reads a pattern of java.util.regex. Constructs that linear time does not allow are refused by name: here those whose meaning
 * cannot be kept, and in `resolve` the references and atomic groups that cannot be rewritten.
 * @throws JavaException PatternSyntaxException
 */
export function parseRegex(pattern: string): Regex {
  return new RegexParser(pattern).parse();
}

class RegexParser {
  readonly #source: PatternSource;
  readonly #names = new Map<string, number>();
  #flags = NO_FLAGS;
  #groupCount = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#source = new PatternSource(pattern);
  }

  parse(): Regex {
    const root = this.#choice();
    if (!this.#source.atEnd) throw this.#source.fail("Unmatched closing ')'");
    return { pattern: this.#source.pattern, root, groupCount: this.#groupCount, names: this.#names };
  }

  #choice(): RegexNode {
    if (++this.#depth > MAX_DEPTH) throw this.#source.fail(`Groups nest too deep, ${MAX_DEPTH} are the limit,`);
    const options: RegexNode[] = [];
    do options.push(this.#sequence());
    while (this.#source.accept('|'));
    this.#depth--;
    return options.length === 1 ? (options[0] ?? EMPTY) : { kind: 'choice', options };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      if (this.#flags.comments) skipComments(this.#source);
      const { atEnd, next } = this.#source;
      if (atEnd || next === '|' || next === ')') break;
      if (next === '\\' && this.#source.accept('\\Q')) {
        items.push(...this.#quoted());
        continue;
      }
      const atom = this.#atom();
      if (atom !== undefined) items.push(this.#quantified(atom));
    }
    return items.length === 1 ? (items[0] ?? EMPTY) : { kind: 'sequence', items };
  }

  /** Undefined for flags alone. */
  #atom(): RegexNode | undefined {
    const character = this.#source.take();
    switch (character) {
      case '\\':
        return this.#escape();
      case '[':
        return readClass(this.#source, this.#flags);
      case '.':
        return setOf(this.#dot());
      case '(':
        return this.#group();
      case '^':
        return this.#place('text-start', 'line-start');
      case '$':
        return this.#place('last-line-end', 'line-end');
      case '*':
      case '+':
      case '?':
        throw this.#source.fail(`Dangling meta character '${character}'`);
      case '{':
        this.#source.at--;
        return EMPTY;
      default:
        return this.#literal(character.codePointAt(0) ?? 0);
    }
  }

  #dot(): Ranges {
    if (this.#flags.dotAll) return ALL;
    return complement(this.#flags.unixLines ? [[LINE_FEED, LINE_FEED]] : LINE_TERMINATORS);
  }

  #place(single: Place, multiple: 'line-start' | 'line-end'): RegexNode {
    const place = this.#flags.multiline ? multiple : single;
    const unix = this.#flags.unixLines && place !== 'text-start';
    return { kind: 'place', place: unix ? (`unix-${place}` as Place) : place };
  }

  #literal(code: number): RegexNode {
    const other = foldsAscii(this.#flags) ? otherCase(code, code) : [];
    return setOf([[code, code], ...other], foldsAll(this.#flags));
  }

  /** `\Q…\E`, where nothing has a meaning; a quantifier is about the last character. */
  #quoted(): RegexNode[] {
    const items: RegexNode[] = [];
    while (!this.#source.atEnd && !this.#source.accept('\\E')) {
      items.push(this.#literal(this.#source.take().codePointAt(0) ?? 0));
    }
    const last = items.pop();
    return last === undefined ? [] : [...items, this.#quantified(last)];
  }

  #quantified(inner: RegexNode): RegexNode {
    if (this.#flags.comments) skipComments(this.#source);
    const range = this.#quantifier();
    if (range === undefined) return inner;
    const [min, max] = range;
    if (max < min) throw this.#source.fail('Illegal repetition range');
    const possessive = this.#source.accept('+');
    const lazy = !possessive && this.#source.accept('?');
    // A count of nothing, at the start or after another quantifier, is skipped.
    if (inner === EMPTY) return inner;
    const repeat: RegexNode = { kind: 'repeat', inner, min, max, lazy };
    return possessive ? { kind: 'atomic', inner: repeat } : repeat;
  }

  #quantifier(): readonly [min: number, max: number] | undefined {
    const { next } = this.#source;
    if (next === '{') {
      this.#source.at++;
      const count = this.#source.match(COUNT);
      if (count === null) throw this.#source.fail('Illegal repetition');
      const min = Number(count[1]);
      if (count[2] === undefined) return [min, min];
      return [min, count[3] === '' ? Number.POSITIVE_INFINITY : Number(count[3])];
    }
    if (next !== '*' && next !== '+' && next !== '?') return undefined;
    this.#source.at++;
    return [next === '+' ? 1 : 0, next === '?' ? 1 : Number.POSITIVE_INFINITY];
  }

  #group(): RegexNode | undefined {
    const source = this.#source;
    const outside = this.#flags;
    if (!source.accept('?')) return this.#captured(outside);
    if (source.accept('<=')) return this.#look(true, false, outside);
    if (source.accept('<!')) return this.#look(true, true, outside);
    if (source.accept('=')) return this.#look(false, false, outside);
    if (source.accept('!')) return this.#look(false, true, outside);
    if (source.accept('>')) return { kind: 'atomic', inner: this.#inner(outside) };
    if (source.accept('<')) {
      const name = source.match(NAME)?.[1];
      if (name === undefined) throw source.fail('Unknown group construct');
      if (this.#names.has(name)) throw source.fail(`Named capturing group <${name}> is already defined`);
      this.#names.set(name, this.#groupCount + 1);
      return this.#captured(outside);
    }
    const flags = source.match(FLAGS);
    if (flags === null) throw source.fail('Unknown group construct');
    const [, on = '', off = '', end] = flags;
    const unknown = [...(on + off)].find((letter) => !FLAG_LETTERS.includes(letter));
    if (unknown !== undefined) throw source.fail(`The inline flag ${unknown} is not supported,`);
    this.#flags = changeFlags(outside, on, off);
    // Alone, flags hold to the end of the group around them.
    return end === ')' ? undefined : this.#inner(outside);
  }

  #captured(outside: Flags): RegexNode {
    const number = ++this.#groupCount;
    return { kind: 'group', number, inner: this.#inner(outside) };
  }

  #look(behind: boolean, negative: boolean, outside: Flags): RegexNode {
    return { kind: 'look', behind, negative, inner: this.#inner(outside) };
  }

  /** The content of parentheses, to after the closing one; then the outer flags apply again. */
  #inner(outside: Flags): RegexNode {
    const inner = this.#choice();
    if (!this.#source.accept(')')) throw this.#source.fail('Unclosed group');
    this.#flags = outside;
    return inner;
  }

  #escape(): RegexNode {
    const source = this.#source;
    if (source.atEnd) throw source.fail('Unexpected internal error');
    const letter = source.next;
    if (/[1-9]/.test(letter)) return this.#reference(this.#referenceNumber());
    if (source.accept('k<')) {
      const name = source.match(NAME)?.[1] ?? '';
      const number = this.#names.get(name);
      if (number === undefined) throw source.fail(`named capturing group <${name}> does not exist`);
      return this.#reference(number);
    }
    if (/[XN]/.test(letter) || source.startsWith('b{g}')) {
      throw source.fail(`\\${letter === 'b' ? 'b{g}' : letter} is not supported,`);
    }
    const place = PLACES.get(letter);
    if (place !== undefined) source.at++;
    if (letter === 'Z') return { kind: 'place', place: this.#flags.unixLines ? 'unix-last-line-end' : 'last-line-end' };
    if (place !== undefined) return { kind: 'place', place };
    if (source.accept('R')) return LINE_BREAK;
    const value = readEscape(source, this.#flags);
    if (typeof value === 'number') return this.#literal(value);
    if (typeof value !== 'string') return setOf(value);
    return { ...setOf([], foldsAll(this.#flags)), properties: [value] };
  }

  /** As many digits as still name a group. */
  #referenceNumber(): number {
    let number = Number(this.#source.take());
    while (/[0-9]/.test(this.#source.next)) {
      const longer = number * 10 + Number(this.#source.next);
      if (longer > this.#groupCount) break;
      number = longer;
      this.#source.at++;
    }
    return number;
  }

  #reference(group: number): RegexNode {
    return { kind: 'reference', group, ignoreCase: this.#flags.ignoreCase };
  }
}

const PLACES: ReadonlyMap<string, Place> = new Map([
  ['A', 'text-start'],
  ['z', 'text-end'],
  ['Z', 'last-line-end'],
  ['b', 'word-boundary'],
  ['B', 'no-word-boundary'],
  ['G', 'match-end'],
]);
