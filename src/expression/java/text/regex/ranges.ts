import { complement, normalise, type Ranges } from './class.ts';
import type { SetNode } from './node.ts';
import { propertyRanges } from './properties.ts';

/** The code points of a set. */
export function rangesOf({ negated, ranges, properties }: SetNode): Ranges {
  const all = properties.length === 0 ? ranges : [...ranges, ...properties.flatMap(propertyRanges)];
  return negated ? complement(all) : normalise(all);
}
