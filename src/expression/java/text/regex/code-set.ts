import { codeText, normalise, type Ranges } from './class.ts';
import type { SetNode } from './node.ts';
import { rangesOf } from './ranges.ts';

const ASCII = 128;

/** A set of code points that is asked often. */
export class CodeSet {
  readonly ranges: Ranges;
  /** Where letters match in either case. */
  readonly #folded: RegExp | undefined;
  readonly #ascii = new Uint8Array(ASCII);

  private constructor(ranges: Ranges, folded: RegExp | undefined) {
    this.ranges = ranges;
    this.#folded = folded;
    for (let code = 0; code < ASCII; code++) this.#ascii[code] = this.#find(code) ? 1 : 0;
  }

  static of(set: SetNode): CodeSet {
    const ranges = rangesOf(set);
    return new CodeSet(ranges, set.foldsAll ? foldedClass(ranges) : undefined);
  }

  /** All of their code points; undefined where letters match in either case. */
  static union(sets: readonly CodeSet[]): CodeSet | undefined {
    if (sets.some((set) => set.#folded !== undefined)) return undefined;
    return new CodeSet(normalise(sets.flatMap(({ ranges }) => ranges)), undefined);
  }

  has(code: number): boolean {
    return code < ASCII ? this.#ascii[code] === 1 : this.#find(code);
  }

  #find(code: number): boolean {
    if (this.#folded !== undefined) return this.#folded.test(String.fromCodePoint(code));
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [from, to] = this.ranges[middle] ?? [0, 0];
      if (code < from) high = middle - 1;
      else if (code > to) low = middle + 1;
      else return true;
    }
    return false;
  }
}

const foldedClass = (ranges: Ranges) =>
  new RegExp(`^[${ranges.map(([from, to]) => `${unicodeText(from)}-${unicodeText(to)}`).join('')}]$`, 'iu');

const unicodeText = (code: number) => codeText(code).replace('\\x', '\\u');
