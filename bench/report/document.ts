import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');
const begin = '<!-- Written by `npm run bench -- --write`: begin -->';
const end = '<!-- Written by `npm run bench -- --write`: end -->';

/** Writes the results of a run between the two marks of docs/performance.md, and its chart next to it. Other text is not changed. */
export function writeDocument(results: string, chart: string): void {
  const file = join(docs, 'performance.md');
  writeFileSync(
    file,
    replaceResults(readFileSync(file, 'utf8'), `![CPU of one request](performance.svg)\n\n${results}`),
  );
  writeFileSync(join(docs, 'performance.svg'), chart);
}

/** Throws if the marks are missing or in the wrong order. */
export function replaceResults(document: string, results: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no "${begin}" with "${end}" after it`);
  return `${document.slice(0, from + begin.length)}\n\n${results}\n\n${document.slice(to)}`;
}
