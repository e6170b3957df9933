import type { Meter } from '../../meter.ts';
import type { Found } from './found.ts';
import { Machine } from './machine.ts';
import type { Program } from './program.ts';

/** Matches that a machine finds. */
export class MachineFound implements Found {
  readonly #machine: Machine;
  readonly #text: string;
  readonly #meter: Meter;
  start = 0;
  end = 0;
  #next = 0;

  constructor(program: Program, text: string, meter: Meter) {
    this.#machine = new Machine(program, text, meter);
    this.#text = text;
    this.#meter = meter;
  }

  find(): boolean {
    if (this.#next > this.#text.length || !this.#machine.find(this.#next, this.end)) return false;
    this.#meter.step(1);
    const [start = 0, end = 0] = this.#machine.captures;
    this.start = start;
    this.end = end;
    // After an empty match one character is skipped.
    this.#next = end > start ? end : end + ((this.#text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
    return true;
  }

  group(number: number): string {
    const { captures } = this.#machine;
    const from = captures[2 * number] ?? -1;
    const to = captures[2 * number + 1] ?? -1;
    return from < 0 || to < 0 ? '' : this.#text.slice(from, to);
  }
}
