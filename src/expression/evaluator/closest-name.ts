/** ` (did you mean 'x'?)` for the known name that is at most two edits and half the name away, else nothing. */
export function suggestion(name: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = edits(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined || name.length < 2 * bestDistance ? '' : ` (did you mean '${best}'?)`;
}

const MAX_LISTED = 24;

/** The closest known name, or all of them where none is close and they are not too many. */
export function suggestionOrAll(name: string, known: readonly string[]): string {
  return suggestion(name, known) || (known.length > MAX_LISTED ? '' : ` (it has ${known.join(', ')})`);
}

/** Levenshtein's distance; names are short. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
