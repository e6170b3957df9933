import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that contains the version, and how to write another version into it. Throws if the version is not at the expected place. */
interface Place {
  readonly file: string;
  change(text: string, from: string, to: string): string;
}

const quote = (text: string): string => text.replaceAll('.', '\\.');

function replaced(text: string, pattern: string, version: string, times: number): string {
  const matches = [...text.matchAll(new RegExp(pattern, 'gm'))];
  if (matches.length !== times) throw new Error(`expected ${pattern} ${times} times, found it ${matches.length} times`);
  return text.replaceAll(new RegExp(pattern, 'gm'), (_, before: string, after: string) => before + version + after);
}

const PLACES: readonly Place[] = [
  {
    file: 'package.json',
    change: (text, from, to) => replaced(text, `(^  "version": ")${quote(from)}(",$)`, to, 1),
  },
  {
    file: 'package-lock.json',
    change(text, from, to) {
      const lock = JSON.parse(text) as { version: string; packages: Record<string, { version: string }> };
      const own = lock.packages[''];
      if (lock.version !== from || own?.version !== from)
        throw new Error(`is not of version ${from}: run \`npm install\``);
      lock.version = to;
      own.version = to;
      return `${JSON.stringify(lock, undefined, 2)}\n`;
    },
  },
  {
    file: 'deploy/helm/Chart.yaml',
    change: (text, from, to) => replaced(text, `(^(?:version: |appVersion: "))${quote(from)}("?$)`, to, 2),
  },
];

/** An image with its tag, in manifests and guides. */
const image = (version: string): RegExp => new RegExp(`(lambda-ext-proc:)${quote(version)}(?![\\w.-])`, 'g');

/** Replaces the version in all places. Returns the files that changed. `files`: the paths of all files of the repository. */
export function setVersion(root: string, files: readonly string[], from: string, to: string): readonly string[] {
  const changed: string[] = [];
  const change = (file: string, by: (text: string) => string): void => {
    const before = readFileSync(join(root, file), 'utf8');
    let after: string;
    try {
      after = by(before);
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    if (after === before) return;
    writeFileSync(join(root, file), after);
    changed.push(file);
  };
  for (const place of PLACES) change(place.file, (text) => place.change(text, from, to));
  for (const file of files.filter((path) => /^(?:README\.md|docs\/guides\/.*\.md|deploy\/.*\.yaml)$/.test(path))) {
    change(file, (text) => text.replaceAll(image(from), `$1${to}`));
  }
  return changed;
}
