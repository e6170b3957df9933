/** The known name that was probably intended: at most a third of its letters differ, or `name` is its beginning. */
export function closest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    const near =
      distance <= Math.max(1, Math.floor(wanted.length / 3)) ||
      (wanted.length > 2 && candidate.toLowerCase().startsWith(wanted));
    if (near && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `, did you mean …?`, or nothing. */
export function suggestion(name: string, known: Iterable<string>): string {
  const found = closest(name, known);
  return found === undefined ? '' : `, did you mean ${found}?`;
}

/** Levenshtein's distance; names are short. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
