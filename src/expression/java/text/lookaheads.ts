/** One `(?=…)` or `(?!…)` at the start of a pattern. */
export interface Lookahead {
  readonly pattern: string;
  readonly negative: boolean;
}

export interface SplitPattern {
  readonly lookaheads: readonly Lookahead[];
  readonly rest: string;
}

/**
 * Takes the lookaheads off the start of a pattern that must match a whole text: `^(?=.*\d)(?!x).+` is three questions
 * about the start of the text, each of them linear. Undefined where that is not what the pattern means: no lookahead
 * at the start, or an alternative beside it.
 */
export function splitLookaheads(pattern: string): SplitPattern | undefined {
  const lookaheads: Lookahead[] = [];
  // Flags hold for the lookaheads and for what follows them.
  const flags = /^\(\?[ims]+\)/.exec(pattern)?.[0] ?? '';
  let at = flags.length;
  if (pattern[at] === '^') at++;
  while (pattern.startsWith('(?=', at) || pattern.startsWith('(?!', at)) {
    const end = groupEnd(pattern, at);
    if (end === undefined) return undefined;
    lookaheads.push({ pattern: flags + pattern.slice(at + 3, end), negative: pattern[at + 2] === '!' });
    at = end + 1;
  }
  // A quantifier behind the group would change what it means.
  if (lookaheads.length === 0 || /^[*+?{]/.test(pattern.slice(at))) return undefined;
  const rest = pattern.slice(at);
  return hasTopLevelAlternative(rest) ? undefined : { lookaheads, rest: flags + rest };
}

export interface TrailingLookahead {
  /** What is matched. */
  readonly match: string;
  /** What must follow, as a group. */
  readonly behind: string;
}

/**
 * Takes the lookahead off the end of a pattern that is searched for: a search prefers the same match whether what follows
 * it is looked at or matched too. `(?!xy)` is that for
 * characters and classes: others follow, or nothing. Undefined where that
 * is not what the pattern means: no lookahead at the end, or an alternative beside it.
 */
export function splitTrailing(pattern: string): TrailingLookahead | undefined {
  let at = 0;
  for (;;) {
    if (at >= pattern.length) return undefined;
    const isLook = pattern.startsWith('(?=', at) || pattern.startsWith('(?!', at);
    const end = pattern[at] === '(' ? groupEnd(pattern, at) : undefined;
    if (isLook && end === pattern.length - 1) break;
    at = end === undefined ? next(pattern, at) : end + 1;
  }
  const match = pattern.slice(0, at);
  if (hasTopLevelAlternative(match)) return undefined;
  const what = pattern.slice(at + 3, -1);
  if (pattern[at + 2] === '=') return { match, behind: `(?:${what})` };
  const behind = unlike(what);
  return behind === undefined ? undefined : { match, behind };
}

/** What a text matches that does not begin with these characters and classes; undefined where there is more to the pattern. */
function unlike(pattern: string): string | undefined {
  const elements: string[] = [];
  for (let at = 0; at < pattern.length; ) {
    const end = next(pattern, at);
    const element = pattern.slice(at, end);
    // Signs that mean something in a class.
    elements.push(/^[-&]$/.test(element) ? `\\${element}` : element);
    at = end;
  }
  if (elements.length === 0 || elements.length > 50 || !elements.every((element) => ONE_CHARACTER.test(element)))
    return undefined;
  return elements.reduceRight((rest, element) => `(?:[^${element}]|\\z${rest === '' ? '' : `|${element}${rest}`})`, '');
}

/** A class, an escape that is one character, or a character without a meaning. */
const ONE_CHARACTER = /^(?:\[[^^].*\]|\\[dDwWsShHvVtnrfae.\\/&-]|[^\\[\](){}^$.|*+?])$/su;

/** Steps over one element of a pattern: an escape, a quotation, a character class, or one character. */
function next(pattern: string, at: number): number {
  if (pattern.startsWith('\\Q', at)) {
    const end = pattern.indexOf('\\E', at);
    return end < 0 ? pattern.length : end + 2;
  }
  if (pattern[at] === '\\') return at + 2;
  if (pattern[at] !== '[') return at + 1;
  let depth = 0;
  for (let inner = at; inner < pattern.length; inner++) {
    if (pattern[inner] === '\\') inner++;
    else if (pattern[inner] === '[') depth++;
    else if (pattern[inner] === ']' && --depth === 0) return inner + 1;
  }
  return pattern.length;
}

function groupEnd(pattern: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < pattern.length; at = next(pattern, at)) {
    if (pattern[at] === '(') depth++;
    else if (pattern[at] === ')' && --depth === 0) return at;
  }
  return undefined;
}

function hasTopLevelAlternative(pattern: string): boolean {
  let depth = 0;
  for (let at = 0; at < pattern.length; at = next(pattern, at)) {
    if (pattern[at] === '(') depth++;
    else if (pattern[at] === ')') depth--;
    else if (pattern[at] === '|' && depth === 0) return true;
  }
  return false;
}
