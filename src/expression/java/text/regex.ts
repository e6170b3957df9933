import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { JavaException } from '../java-exception.ts';
import { type SplitPattern, splitLookaheads, splitTrailing } from './lookaheads.ts';
import { RegexSearch } from './regex-search.ts';
import { translateRegex } from './regex-translate.ts';

const MAX_PATTERN_LENGTH = 2000;
const MAX_CACHED = 500;

/** A pattern that is asked whether it matches whole texts. */
export interface WholeMatch {
  testExact(text: string): boolean;
}

const compiled = new LRUCache<string, RE2JS>({ max: MAX_CACHED });
const wholes = new LRUCache<string, WholeMatch>({ max: MAX_CACHED });
const searches = new LRUCache<string, RegexSearch>({ max: MAX_CACHED });

/**
 * A Java pattern for whole matches (`matches`, `String.matches`, `=~`), in time linear in the text. Lookaheads at its
 * start are allowed here. Throws PatternSyntaxException.
 */
export const compileRegex = (pattern: string): WholeMatch =>
  cached(wholes, pattern, () => {
    const split = hasLookahead(pattern) ? splitLookaheads(pattern) : undefined;
    return split === undefined ? compile(pattern) : compileSplit(split);
  });

function compileSplit({ lookaheads, rest }: SplitPattern): WholeMatch {
  const whole = compile(rest);
  const asked = lookaheads.map(({ pattern, negative }) => ({ regex: compile(pattern), negative }));
  return {
    testExact: (text) =>
      asked.every(({ regex, negative }) => regex.matcher(text).lookingAt() !== negative) && whole.testExact(text),
  };
}

/**
 * A Java pattern to search for (`replaceAll`, `split`). A lookahead at its end is allowed: what it looks at is matched
 * with the rest, behind a group that marks where the match ends. Throws PatternSyntaxException.
 */
export const compileSearch = (pattern: string): RegexSearch =>
  cached(searches, pattern, () => {
    const split = hasLookahead(pattern) ? splitTrailing(pattern) : undefined;
    if (split === undefined) return new RegexSearch(compile(pattern));
    const marker = compile(split.match).groupCount() + 1;
    return new RegexSearch(compile(`${split.match}()${split.behind}`), marker);
  });

const hasLookahead = (pattern: string) => pattern.includes('(?=') || pattern.includes('(?!');

/** A Java pattern on RE2. */
function compile(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new JavaException(
      'PatternSyntaxException',
      `A pattern of ${pattern.length} characters: the limit is ${MAX_PATTERN_LENGTH}`,
    );
  }
  return cached(compiled, pattern, () => {
    const translated = translateRegex(pattern);
    try {
      return RE2JS.compile(translated, RE2JS.LOOKBEHINDS);
    } catch (error) {
      throw new JavaException(
        'PatternSyntaxException',
        `${error instanceof Error ? error.message : String(error)} in the pattern ${pattern.slice(0, 80)}`,
      );
    }
  });
}

function cached<T extends object>(cache: LRUCache<string, T>, pattern: string, make: () => T): T {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const made = make();
  cache.set(pattern, made);
  return made;
}

/** String.matches: the whole text. */
export const matchesRegex = (text: string, pattern: string) => compileRegex(pattern).testExact(text);
