import { matchesGlob } from '../route-glob.ts';

/** Whether a text fits a glob in which `*` matches any characters but a colon. */
export function matchesSegments(glob: string, text: string): boolean {
  const globs = glob.split(':');
  const parts = text.split(':');
  return globs.length === parts.length && globs.every((part, index) => matchesGlob(part, parts[index] ?? ''));
}
