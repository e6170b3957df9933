/** Characters that evaluating one policy may read: far more than a policy of API Gateway's size (8 KB) needs. */
const MAX_CHARACTERS = 2_000_000;

/** A policy whose patterns take too long to match. */
export class GlobBudgetError extends Error {
  override readonly name = 'GlobBudgetError';
}

/** Characters between two stars. */
interface Run {
  readonly text: string;
  /** It has a `?`. */
  readonly isWild: boolean;
}

/** A pattern of IAM, cut at its stars: `*` is any characters, none and `/` too; `?` is one. */
export interface Glob {
  readonly first: Run;
  /** Undefined: there is no star. */
  readonly last: Run | undefined;
  readonly between: readonly Run[];
}

export function cutGlob(pattern: string): Glob {
  const [first = noRun, ...runs] = pattern.split('*').map((text) => ({ text, isWild: text.includes('?') }));
  return { first, last: runs.at(-1), between: runs.slice(0, -1) };
}

/** Memory of a run besides its characters. */
const RUN_BYTES = 64;

export function globBytes({ between }: Glob): number {
  return (between.length + 2) * RUN_BYTES;
}

const noRun: Run = { text: '', isWild: false };

/** Matches patterns against whole texts, within a budget. */
export class GlobMatcher {
  #left = MAX_CHARACTERS;

  /** Text between two stars is matched at its first place, which leaves most room for the rest. Throws GlobBudgetError. */
  matches({ first, last, between }: Glob, text: string): boolean {
    let at = first.text.length;
    if (last === undefined) return at === text.length && this.#isAt(first, text, 0);
    const end = text.length - last.text.length;
    if (end < at || !this.#isAt(first, text, 0) || !this.#isAt(last, text, end)) return false;
    for (const run of between) {
      const found = this.#find(run, text, at, end);
      if (found === -1) return false;
      at = found + run.text.length;
    }
    return true;
  }

  /** The first position of the run in `text` between `from` and `end`, or -1. */
  #find(run: Run, text: string, from: number, end: number): number {
    const first = run.text.charAt(0);
    const last = end - run.text.length;
    for (let at = from; at <= last; at++) {
      if (first !== '?') {
        const next = text.indexOf(first, at);
        this.#spend((next === -1 ? text.length : next) - at);
        if (next === -1 || next > last) return -1;
        at = next;
      }
      if (this.#isAt(run, text, at)) return at;
    }
    return -1;
  }

  /** `text` is long enough. */
  #isAt({ text: run, isWild }: Run, text: string, at: number): boolean {
    this.#spend(run.length + 1);
    if (!isWild) return text.startsWith(run, at);
    for (let i = 0; i < run.length; i++) if (run[i] !== '?' && run[i] !== text[at + i]) return false;
    return true;
  }

  #spend(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new GlobBudgetError('the policy takes too long to match');
  }
}
