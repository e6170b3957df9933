import { RE2JS } from 're2js';
import type { FilterPattern } from './filter-node.ts';
import { invalidPath } from './json-path-error.ts';

const FLAGS: ReadonlyMap<string, number> = new Map([
  ['i', RE2JS.CASE_INSENSITIVE],
  ['m', RE2JS.MULTILINE],
  ['s', RE2JS.DOTALL],
  // Unicode is how the engine always folds cases.
  ['u', 0],
]);

/**
 * A pattern of `=~`, matched as a whole in linear time.
 * @throws JsonPathError for a pattern or a flag that the engine does not know
 */
export function compilePattern(pattern: string, flags: string): FilterPattern {
  let mask = 0;
  for (const flag of flags) {
    const bit = FLAGS.get(flag);
    if (bit === undefined) throw invalidPath(`the pattern flag "${flag}" is not supported; use i, m or s`);
    mask |= bit;
  }
  try {
    return RE2JS.compile(pattern, mask);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw invalidPath(`the pattern /${pattern}/ is invalid or not supported: ${reason}`);
  }
}
