import { JavaException } from '../../java-exception.ts';
import { CodeSet } from './code-set.ts';
import { type LookNode, type Place, partsOf, type RegexNode, type RepeatNode, type SetNode } from './node.ts';

export type Instruction =
  /** One code point of a set. */
  | { readonly op: 'set'; readonly set: CodeSet }
  /** The code point before, once more. */
  | { readonly op: 'same'; readonly ignoreCase: boolean }
  /** Continue at `to`, or otherwise at `other`. */
  | { readonly op: 'split'; readonly to: number; readonly other: number }
  /** After the body of a loop: another round, or continue. An empty round ends the loop. */
  | { readonly op: 'loop'; readonly body: number; readonly on: number; readonly lazy: boolean }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'place'; readonly place: Place }
  | { readonly op: 'look'; readonly look: number; readonly negative: boolean }
  | { readonly op: 'match' };

/** What a look-around asks at a place of the text: whether its program, run towards the place, ends there. */
export interface LookProgram {
  readonly program: Program;
  readonly behind: boolean;
  /** Groups in a look-ahead: they are matched once it is known where it held, which is in a slot. */
  readonly groups: { readonly program: Program; readonly slot: number } | undefined;
}

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly looks: readonly LookProgram[];
  /** How many positions a thread keeps: start and end of the match and of each group; 0 if none are needed. */
  readonly slots: number;
  /** Those of the match and its groups, which come first. */
  readonly groupSlots: number;
  /** What a match can begin with; undefined where it can be of nothing. */
  readonly first: CodeSet | undefined;
}

const MAX_INSTRUCTIONS = 20_000;
const MAX_LOOKS = 50;
/** Numbers that the threads of a machine keep. */
const MAX_CAPTURES = 4_000_000;

/**
 * Compiles a resolved pattern for `Machine`; `groupCount` is undefined if only a yes or no is needed.
 * @throws JavaException for a pattern that is too large
 */
export function compileProgram(root: RegexNode, groupCount: number | undefined): Program {
  return new ProgramCompiler(new Budget(), false, groupCount === undefined ? 0 : 2 * (groupCount + 1)).compile(root);
}

class Budget {
  #instructions = 0;
  #looks = 0;

  instruction(): void {
    if (++this.#instructions > MAX_INSTRUCTIONS) throw tooLarge();
  }

  look(): void {
    if (++this.#looks > MAX_LOOKS) throw tooLarge();
  }
}

const tooLarge = () => new JavaException('PatternSyntaxException', 'A regular expression is too large');

class ProgramCompiler {
  readonly #budget: Budget;
  /** A look-ahead is run from the end of the text towards its start. */
  readonly #backwards: boolean;
  /** For the groups. */
  readonly #slots: number;
  #allSlots: number;
  readonly #sets = new Map<SetNode, CodeSet>();
  readonly #instructions: Instruction[] = [];
  readonly #looks: LookProgram[] = [];

  constructor(budget: Budget, backwards: boolean, slots: number) {
    this.#budget = budget;
    this.#backwards = backwards;
    this.#slots = slots;
    this.#allSlots = slots;
  }

  compile(root: RegexNode): Program {
    this.#node(root);
    this.#add({ op: 'match' });
    if (this.#instructions.length * this.#allSlots > MAX_CAPTURES) throw tooLarge();
    const { sets, nothing } = firstOf(root);
    return {
      instructions: this.#instructions,
      looks: this.#looks,
      slots: this.#allSlots,
      groupSlots: this.#slots,
      first: nothing ? undefined : CodeSet.union(sets.map((set) => this.#set(set))),
    };
  }

  #add(instruction: Instruction): number {
    this.#budget.instruction();
    return this.#instructions.push(instruction) - 1;
  }

  get #next(): number {
    return this.#instructions.length;
  }

  #node(node: RegexNode): void {
    switch (node.kind) {
      case 'set':
        this.#add({ op: 'set', set: this.#set(node) });
        return;
      case 'same':
        this.#add({ op: 'same', ignoreCase: node.ignoreCase });
        return;
      case 'sequence':
        for (const item of this.#backwards ? node.items.toReversed() : node.items) this.#node(item);
        return;
      case 'choice':
        this.#choice(node.options);
        return;
      case 'group':
        this.#group(node.number, node.inner);
        return;
      case 'repeat':
        this.#repeat(node);
        return;
      case 'place':
        this.#add({ op: 'place', place: node.place });
        return;
      case 'look':
        this.#look(node);
        return;
      case 'atomic':
      case 'reference':
        throw new Error('not resolved');
    }
  }

  #look({ inner, behind, negative }: LookNode): void {
    this.#budget.look();
    const program = new ProgramCompiler(this.#budget, !behind, 0).compile(inner);
    const asked = this.#slots > 0 && !behind && !negative && hasGroup(inner);
    const groups = asked
      ? { program: new ProgramCompiler(this.#budget, false, this.#slots).compile(inner), slot: this.#allSlots++ }
      : undefined;
    const look = this.#looks.push({ program, behind, groups }) - 1;
    this.#add({ op: 'look', look, negative });
    if (groups !== undefined) this.#add({ op: 'save', slot: groups.slot });
  }

  #set(node: SetNode): CodeSet {
    const known = this.#sets.get(node) ?? CodeSet.of(node);
    this.#sets.set(node, known);
    return known;
  }

  #group(number: number, inner: RegexNode): void {
    if (this.#slots === 0) {
      this.#node(inner);
      return;
    }
    this.#add({ op: 'save', slot: 2 * number });
    this.#node(inner);
    this.#add({ op: 'save', slot: 2 * number + 1 });
  }

  #choice(options: readonly RegexNode[]): void {
    const ends: number[] = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) {
        this.#node(option);
        break;
      }
      const split = this.#add({ op: 'match' });
      this.#node(option);
      ends.push(this.#add({ op: 'match' }));
      this.#instructions[split] = { op: 'split', to: split + 1, other: this.#next };
    }
    for (const end of ends) this.#instructions[end] = { op: 'jump', to: this.#next };
  }

  #repeat({ inner, min, max, lazy }: RepeatNode): void {
    for (let count = 0; count < min - 1; count++) this.#node(inner);
    if (max === Number.POSITIVE_INFINITY) {
      if (min === 0) this.#optional(lazy, () => this.#oneOrMore(inner, lazy));
      else this.#oneOrMore(inner, lazy);
      return;
    }
    if (min > 0) this.#node(inner);
    this.#upTo(inner, max - min, lazy);
  }

  /** `(x(x(x)?)?)?`, in a loop: counts are deep. */
  #upTo(inner: RegexNode, count: number, lazy: boolean): void {
    const splits: number[] = [];
    for (let index = 0; index < count; index++) {
      splits.push(this.#add({ op: 'match' }));
      this.#node(inner);
    }
    for (const split of splits) this.#instructions[split] = this.#either(split + 1, this.#next, lazy);
  }

  #optional(lazy: boolean, write: () => void): void {
    const split = this.#add({ op: 'match' });
    write();
    this.#instructions[split] = this.#either(split + 1, this.#next, lazy);
  }

  #oneOrMore(inner: RegexNode, lazy: boolean): void {
    const start = this.#next;
    this.#node(inner);
    const split = this.#add({ op: 'match' });
    this.#instructions[split] = { op: 'loop', body: start, on: split + 1, lazy };
  }

  #either(again: number, on: number, lazy: boolean): Instruction {
    return lazy ? { op: 'split', to: on, other: again } : { op: 'split', to: again, other: on };
  }
}

const hasGroup = (node: RegexNode): boolean => node.kind === 'group' || partsOf(node).some(hasGroup);

/** What a node can begin with, and whether it can match nothing. */
function firstOf(node: RegexNode): { readonly sets: readonly SetNode[]; readonly nothing: boolean } {
  switch (node.kind) {
    case 'set':
      return { sets: [node], nothing: false };
    case 'sequence': {
      const sets: SetNode[] = [];
      for (const item of node.items) {
        const first = firstOf(item);
        sets.push(...first.sets);
        if (!first.nothing) return { sets, nothing: false };
      }
      return { sets, nothing: true };
    }
    case 'choice': {
      const options = node.options.map(firstOf);
      return { sets: options.flatMap(({ sets }) => sets), nothing: options.some(({ nothing }) => nothing) };
    }
    case 'group':
      return firstOf(node.inner);
    case 'repeat': {
      const inner = firstOf(node.inner);
      return { sets: inner.sets, nothing: inner.nothing || node.min === 0 };
    }
    default:
      return { sets: [], nothing: true };
  }
}
