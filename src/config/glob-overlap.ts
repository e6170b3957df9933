import { matchesGlob } from './route-glob.ts';

/**
 * Whether some text fits both globs. Exact: where both have a `*`, the longer beginning, all that is between, and the
 * longer end make such a text whenever one beginning begins with the other and one end ends with the other.
 */
export function globsOverlap(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesGlob(b, a);
  if (!b.includes('*')) return matchesGlob(a, b);
  return isEither(beginningOf(a), beginningOf(b), 'startsWith') && isEither(endOf(a), endOf(b), 'endsWith');
}

/** What every text that fits begins with. */
export function beginningOf(glob: string): string {
  const star = glob.indexOf('*');
  return star === -1 ? glob : glob.slice(0, star);
}

function endOf(glob: string): string {
  return glob.slice(glob.lastIndexOf('*') + 1);
}

function isEither(a: string, b: string, test: 'startsWith' | 'endsWith'): boolean {
  return a[test](b) || b[test](a);
}
