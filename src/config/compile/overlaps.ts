import { beginningOf, globsOverlap } from '../glob-overlap.ts';
import type { DocumentPath } from '../problem.ts';
import type { SelectEntry } from '../select-table.ts';
import type { InSteps } from './in-steps.ts';
import type { Reporter } from './reporter.ts';

/** A glob of an API, and where it is written. */
export interface PlacedGlob {
  readonly glob: string;
  readonly api: string;
  readonly path: DocumentPath;
}

export interface PlacedSelect {
  readonly api: string;
  readonly entries: readonly SelectEntry[];
  readonly path: DocumentPath;
}

/** The most pairs that are compared. An overlap beyond them is found when a stream matches twice, and that request is a 500. */
const MOST_PAIRS = 200_000;

const OUTCOME = 'and each such request is a 500';

/** Reports globs of two APIs that can match the same text. */
export function* checkGlobOverlaps(globs: readonly PlacedGlob[], reporter: Reporter): InSteps<void> {
  const order = new Map(globs.map((one, index) => [one, index]));
  const rank = (one: PlacedGlob): number => order.get(one) ?? 0;
  // If two globs overlap, the literal beginning of one is a prefix of the other's. Sorted by it, all globs whose beginning
  // continues another's come directly after that one.
  const sorted = globs
    .map((one) => ({ one, beginning: beginningOf(one.glob) }))
    .sort((a, b) => compare(a.beginning, b.beginning) || rank(a.one) - rank(b.one));
  const told = new Set<PlacedGlob>();
  let pairs = 0;
  for (const [index, { one, beginning }] of sorted.entries()) {
    yield;
    for (let next = index + 1; sorted[next]?.beginning.startsWith(beginning); next++) {
      if (pairs++ === MOST_PAIRS) return;
      const other = sorted[next]?.one;
      if (other === undefined || other.api === one.api || !globsOverlap(one.glob, other.glob)) continue;
      const [first, second] = rank(one) < rank(other) ? [one, other] : [other, one];
      if (told.has(second)) continue;
      told.add(second);
      const message = `overlaps with ${JSON.stringify(first.glob)} of API ${first.api}, ${OUTCOME}: let only one of them match (the API named \`default\` serves all other requests)`;
      reporter.error(second.path, message);
    }
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Reports `select` lists of two APIs that one stream can match. */
export function* checkSelectOverlaps(selects: readonly PlacedSelect[], reporter: Reporter): InSteps<void> {
  let pairs = 0;
  for (const [index, second] of selects.entries()) {
    yield;
    for (const first of selects.slice(0, index)) {
      if (pairs++ === MOST_PAIRS) return;
      if (first.api === second.api || !canMatchBoth(first.entries, second.entries)) continue;
      if (isWithin(first.entries, second.entries) || isWithin(second.entries, first.entries)) {
        const message = `overlaps with \`select\` of API ${first.api}, ${OUTCOME}: make them differ in an attribute`;
        reporter.error(second.path, message, 'key');
      } else {
        const message = `may overlap with \`select\` of API ${first.api}, which tests other attributes: a request that matches both is a 500; make them differ in an attribute`;
        reporter.warn(second.path, message, 'key');
      }
    }
  }
}

/** False if the two lists have globs for one attribute that no value matches both. */
function canMatchBoth(a: readonly SelectEntry[], b: readonly SelectEntry[]): boolean {
  const all = [...a, ...b];
  return all.every(({ attribute, matches }, index) =>
    all.slice(index + 1).every((other) => other.attribute !== attribute || globsOverlap(matches, other.matches)),
  );
}

/** All attributes of one list are in the other. */
function isWithin(a: readonly SelectEntry[], b: readonly SelectEntry[]): boolean {
  const names = new Set(b.map(({ attribute }) => attribute));
  return a.every(({ attribute }) => names.has(attribute));
}
