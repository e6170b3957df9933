import { compileRegex } from '../../java/text/regex/index.ts';
import type { FilterPattern } from './filter-node.ts';
import { invalidPath } from './json-path-error.ts';

/** Flags that the engine supports; `u` asks for the case folding that it always does. */
const FLAGS = 'imsu';

/**
 * A pattern of `=~`, matched as a whole in linear time: Java's syntax, as far as `matches` has it.
 * @throws JsonPathError for a flag that is not supported
 * @throws JavaException for a pattern that is invalid or not supported
 */
export function compilePattern(pattern: string, flags: string): FilterPattern {
  for (const flag of flags) {
    if (!FLAGS.includes(flag)) throw invalidPath(`the pattern flag "${flag}" is not supported; use i, m or s`);
  }
  const inline = [...new Set(flags)].filter((flag) => flag !== 'u').join('');
  return compileRegex(inline === '' ? pattern : `(?${inline})${pattern}`);
}
