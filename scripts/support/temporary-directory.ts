import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

const present = new Set<string>();
// Remaining directories are removed when the process ends, even if a test failed.
process.on('exit', () => {
  for (const path of present) removeNow(path);
});

/** A new directory whose name begins with `prefix`. */
export function temporaryDirectory(prefix: string): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), prefix));
  present.add(path);
  return { path, remove: () => removeNow(path) };
}

function removeNow(path: string): void {
  present.delete(path);
  // A program that was killed a moment ago may still be writing into it.
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
