import type { Meter } from '../../meter.ts';
import { isAt } from './places.ts';
import type { Instruction, Program } from './program.ts';
import { Threads } from './threads.ts';

const WORK_PER_STEP = 32;
const WORK_PER_REPORT = 2048;

/**
 * Runs a program over a text, all ways at once and never back: the time is linear in the text times the length of the
 * program, and all of it is charged to the meter.
 */
export class Machine {
  readonly #program: Program;
  readonly #text: string;
  readonly #meter: Meter;
  #current: Threads;
  #next: Threads;
  /** Start and end of the match and of each of its groups; -1 if a group took no part. */
  readonly captures: Int32Array;
  /** Those of the thread that is being followed. */
  readonly #scratch: Int32Array;
  /** Instructions still to follow; a negative one means a slot of captures to restore, with its previous value. */
  readonly #pending: number[] = [];
  /** Where each look-around holds, one bit a position. */
  readonly #looks: Uint32Array[] = [];
  #work = 0;
  #matchEnd = 0;

  constructor(program: Program, text: string, meter: Meter) {
    const size = program.instructions.length;
    this.#program = program;
    this.#text = text;
    this.#meter = meter;
    meter.step(1 + (size >> 6) + ((size * program.slots) >> 9));
    this.#current = new Threads(size, program.slots);
    this.#next = new Threads(size, program.slots);
    this.captures = new Int32Array(program.slots);
    this.#scratch = new Int32Array(program.slots);
  }

  /** The next match that starts at `from` or after it; `matchEnd` is the end of the previous one. */
  find(from: number, matchEnd: number): boolean {
    this.#matchEnd = matchEnd;
    if (!this.#run(from, 'search')) return false;
    for (const { groups } of this.#program.looks) if (groups !== undefined) this.#captureAhead(groups);
    return true;
  }

  matchesWhole(): boolean {
    return this.#run(0, 'whole');
  }

  /** What groups match in a look-ahead, whose place is known by now. */
  #captureAhead({ program, slot }: { readonly program: Program; readonly slot: number }): void {
    const at = this.captures[slot] ?? -1;
    if (at < 0) return;
    const machine = new Machine(program, this.#text, this.#meter);
    machine.#matchEnd = this.#matchEnd;
    if (!machine.#run(at, 'here')) return;
    for (const { groups } of program.looks) if (groups !== undefined) machine.#captureAhead(groups);
    for (let index = 2; index < this.captures.length; index++) {
      const captured = machine.captures[index] ?? -1;
      if (captured >= 0 && index < program.groupSlots) this.captures[index] = captured;
    }
  }

  #run(from: number, where: 'search' | 'whole' | 'here'): boolean {
    const whole = where === 'whole';
    const search = where === 'search';
    let matched = false;
    let at = from;
    this.#current.clear();
    for (;;) {
      if (!matched && (search || at === from)) {
        if (search && this.#current.count === 0) at = this.#skip(at);
        this.#scratch.fill(-1);
        this.#scratch[0] = at;
        this.#follow(this.#current, 0, at);
      }
      matched = this.#advance(at, whole) || matched;
      if (at >= this.#text.length || (this.#next.count === 0 && (matched || !search))) break;
      at += widthOf(this.#codeAt(at));
      [this.#current, this.#next] = [this.#next, this.#current];
    }
    this.#report();
    return matched;
  }

  /** To where a match can begin; no thread is left there. */
  #skip(from: number): number {
    const { first } = this.#program;
    if (first === undefined) return from;
    let at = from;
    while (at < this.#text.length && !first.has(this.#codeAt(at))) {
      at += widthOf(this.#codeAt(at));
      this.#spend(1);
    }
    // What was reached was reached at another position.
    if (at > from) this.#current.clear();
    return at;
  }

  /** Takes every thread over the character at a position. True when one has matched, which ends those behind it. */
  #advance(at: number, whole: boolean): boolean {
    const { instructions } = this.#program;
    const threads = this.#current;
    const next = this.#next;
    const atEnd = at >= this.#text.length;
    const code = atEnd ? -1 : this.#codeAt(at);
    next.clear();
    for (let index = 0; index < threads.count; index++) {
      const place = threads.places[index] ?? 0;
      const instruction = instructions[place];
      this.#spend(1);
      if (instruction === undefined) continue;
      if (instruction.op === 'match') {
        if (whole && !atEnd) continue;
        this.captures.set(threads.capturesOf(index));
        this.captures[1] = at;
        return true;
      }
      if (atEnd || !this.#accepts(instruction, code, at)) continue;
      this.#scratch.set(threads.capturesOf(index));
      this.#follow(next, place + 1, at + widthOf(code));
    }
    return false;
  }

  #accepts(instruction: Instruction, code: number, at: number): boolean {
    if (instruction.op === 'set') return instruction.set.has(code);
    if (instruction.op !== 'same' || at === 0) return false;
    const before = this.#codeBefore(at);
    return before === code || (instruction.ignoreCase && lower(before) === lower(code));
  }

  /** Adds what can be reached from an instruction without a character, in order of preference. */
  #follow(threads: Threads, from: number, at: number): void {
    const pending = this.#pending;
    const scratch = this.#scratch;
    pending.push(from);
    for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
      if (place < 0) {
        scratch[-1 - place] = pending.pop() ?? -1;
        continue;
      }
      const instruction = this.#program.instructions[place];
      if (instruction === undefined) continue;
      this.#spend(1);
      if (!threads.reach(place)) {
        if (instruction.op === 'loop') pending.push(instruction.on);
        continue;
      }
      switch (instruction.op) {
        case 'loop':
          if (instruction.lazy) pending.push(instruction.body, instruction.on);
          else pending.push(instruction.on, instruction.body);
          break;
        case 'jump':
          pending.push(instruction.to);
          break;
        case 'split':
          pending.push(instruction.other, instruction.to);
          break;
        case 'save':
          if (this.#program.slots > 0) {
            pending.push(scratch[instruction.slot] ?? -1, -1 - instruction.slot);
            scratch[instruction.slot] = at;
          }
          pending.push(place + 1);
          break;
        case 'place':
          if (isAt(instruction.place, this.#text, at, this.#matchEnd)) pending.push(place + 1);
          break;
        case 'look':
          if (this.#looksRight(instruction.look, at) !== instruction.negative) pending.push(place + 1);
          break;
        default:
          this.#spend(scratch.length >> 3);
          threads.add(place, scratch);
      }
    }
  }

  #looksRight(look: number, at: number): boolean {
    const known = this.#looks[look];
    const bits = known ?? this.#lookEverywhere(look);
    if (known === undefined) this.#looks[look] = bits;
    return (((bits[at >> 5] ?? 0) >>> (at & 31)) & 1) === 1;
  }

  #lookEverywhere(look: number): Uint32Array {
    const asked = this.#program.looks[look];
    if (asked === undefined) return new Uint32Array(0);
    return new Machine(asked.program, this.#text, this.#meter).#sweep(asked.behind);
  }

  /**
   * One bit for each position: whether what is looked for ends there, run forwards (a look-behind), or starts there, run
   * backwards. It may begin anywhere.
   */
  #sweep(forwards: boolean): Uint32Array {
    const { length } = this.#text;
    this.#meter.step(length >> 8);
    const bits = new Uint32Array((length >> 5) + 1);
    this.#current.clear();
    for (let at = forwards ? 0 : length; ; ) {
      this.#follow(this.#current, 0, at);
      const code = this.#sweptCode(at, forwards);
      const to = forwards ? at + widthOf(code) : at - widthOf(code);
      if (this.#advanceAll(at, code, to, forwards)) bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
      if (code < 0) break;
      at = to;
      [this.#current, this.#next] = [this.#next, this.#current];
    }
    this.#report();
    return bits;
  }

  /** The character that a sweep passes next, -1 at the end. */
  #sweptCode(at: number, forwards: boolean): number {
    if (forwards) return at < this.#text.length ? this.#codeAt(at) : -1;
    return at > 0 ? this.#codeBefore(at) : -1;
  }

  #advanceAll(at: number, code: number, to: number, forwards: boolean): boolean {
    let matched = false;
    this.#next.clear();
    for (let index = 0; index < this.#current.count; index++) {
      const place = this.#current.places[index] ?? 0;
      const instruction = this.#program.instructions[place];
      this.#spend(1);
      if (instruction === undefined) continue;
      if (instruction.op === 'match') matched = true;
      else if (code >= 0 && this.#accepts(instruction, code, forwards ? at : to))
        this.#follow(this.#next, place + 1, to);
    }
    return matched;
  }

  #codeAt(at: number): number {
    return this.#text.codePointAt(at) ?? -1;
  }

  #codeBefore(at: number): number {
    const unit = this.#text.charCodeAt(at - 1);
    const isLowHalf = unit >= 0xdc00 && unit <= 0xdfff && at > 1;
    const pair = isLowHalf ? (this.#text.codePointAt(at - 2) ?? unit) : unit;
    return pair > 0xffff ? pair : unit;
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work >= WORK_PER_REPORT) this.#report();
  }

  #report(): void {
    const steps = Math.floor(this.#work / WORK_PER_STEP);
    this.#work -= steps * WORK_PER_STEP;
    if (steps > 0) this.#meter.step(steps);
  }
}

const widthOf = (code: number) => (code > 0xffff ? 2 : 1);

/** Java folds ASCII here. */
const lower = (code: number) => (code >= 65 && code <= 90 ? code + 32 : code);
