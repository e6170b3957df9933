const STAR = 0x2a;
const QUESTION_MARK = 0x3f;

/** Comparisons that judging one policy may take: far more than one of API Gateway's size (8 KB) does. */
const MAX_COMPARISONS = 2_000_000;

/** A policy whose patterns take too long to match. */
export class GlobBudgetError extends Error {
  override readonly name = 'GlobBudgetError';
}

/** Matches patterns of IAM (`*`: any characters, none and `/` too; `?`: one) against whole texts, within a budget. */
export class GlobMatcher {
  #left = MAX_COMPARISONS;

  /** Throws GlobBudgetError. */
  matches(pattern: string, text: string): boolean {
    // Counted in a variable: a field costs more than the comparison itself.
    let left = this.#left;
    let at = 0;
    let inText = 0;
    let star = -1;
    let behindStar = 0;
    while (inText < text.length) {
      if (--left < 0) throw new GlobBudgetError('the policy takes too long to match');
      const code = at < pattern.length ? pattern.charCodeAt(at) : -1;
      if (code === STAR) {
        star = at++;
        behindStar = inText;
      } else if (code === QUESTION_MARK || code === text.charCodeAt(inText)) {
        at++;
        inText++;
      } else if (star !== -1) {
        at = star + 1;
        inText = ++behindStar;
      } else break;
    }
    this.#left = left;
    if (inText < text.length) return false;
    while (pattern.charCodeAt(at) === STAR) at++;
    return at === pattern.length;
  }
}
