import { editDistance } from '../../closest.ts';

/** ` (did you mean 'x'?)` for a known name at most two edits and half the name away, otherwise nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined || name.length < 2 * bestDistance ? '' : ` (did you mean '${best}'?)`;
}

const MAX_LISTED = 24;

/** The closest known name, or all of them if none is close and there are not too many. */
export function suggestionOrAll(name: string, known: readonly string[]): string {
  return didYouMean(name, known) || (known.length > MAX_LISTED ? '' : ` (it has ${known.join(', ')})`);
}
