/** Characters that judging one policy may look at: far more than one of API Gateway's size (8 KB) does. */
const MAX_CHARACTERS = 2_000_000;

/** A policy whose patterns take too long to match. */
export class GlobBudgetError extends Error {
  override readonly name = 'GlobBudgetError';
}

/** Matches patterns of IAM (`*`: any characters, none and `/` too; `?`: one) against whole texts, within a budget. */
export class GlobMatcher {
  #left = MAX_CHARACTERS;

  /** What stands between two stars is looked for as a text, at the first place: no other leaves more room for the rest. Throws GlobBudgetError. */
  matches(pattern: string, text: string): boolean {
    const firstStar = pattern.indexOf('*');
    if (firstStar === -1) return pattern.length === text.length && this.#isAt(pattern, text, 0);
    const lastStar = pattern.lastIndexOf('*');
    const end = text.length - (pattern.length - lastStar - 1);
    if (end < firstStar || !this.#isAt(pattern.slice(0, firstStar), text, 0)) return false;
    if (!this.#isAt(pattern.slice(lastStar + 1), text, end)) return false;
    let at = firstStar;
    for (let star = firstStar; star < lastStar; ) {
      const next = pattern.indexOf('*', star + 1);
      const found = this.#find(pattern.slice(star + 1, next), text, at, end);
      if (found === -1) return false;
      at = found + next - star - 1;
      star = next;
    }
    return true;
  }

  /** Where `run`, which has no star, first stands in `text` between `from` and `end`, or -1. */
  #find(run: string, text: string, from: number, end: number): number {
    const first = run.charAt(0);
    const last = end - run.length;
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
  #isAt(run: string, text: string, at: number): boolean {
    this.#spend(run.length + 1);
    if (!run.includes('?')) return text.startsWith(run, at);
    for (let i = 0; i < run.length; i++) if (run[i] !== '?' && run[i] !== text[at + i]) return false;
    return true;
  }

  #spend(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new GlobBudgetError('the policy takes too long to match');
  }
}
