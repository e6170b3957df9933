import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test('a page that a comment cites exists, and so does the heading', () => {
  const missing: string[] = [];
  let found = 0;
  for (const file of globSync('{src,test,scripts,bench,demo}/**/*.{ts,mjs}', { cwd: root })) {
    const text = read(file).replaceAll(/\n *(?:\/\/|\*) ?/g, ' ');
    for (const [, page = '', heading] of text.matchAll(/\b(docs\/[\w/-]+\.md)(?:, ([A-Z][a-z]+(?: [a-z]+)*))?/g)) {
      found++;
      if (!existsSync(join(root, page))) missing.push(`${file}: ${page}`);
      else if (page.startsWith('docs/notes/') && heading !== undefined && !read(page).includes(`\n## ${heading}`)) {
        missing.push(`${file}: ${page} has no heading ${heading}`);
      }
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(found > 10);
});

test('a link between pages leads to a file', () => {
  const broken = globSync('{*.md,docs/**/*.md}', { cwd: root }).flatMap((page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
    return targets
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
  assert.deepEqual(broken, []);
});

test('a file or folder that CONTRIBUTING.md and docs/architecture.md name is there', () => {
  const named = ['CONTRIBUTING.md', 'docs/architecture.md'].flatMap((page) =>
    [...read(page).matchAll(/(?<![\w/])((?:src|test|docs|schema)\/[\w./-]*\w)/g)].map(
      ([, path = '']) => `${page}: ${path}`,
    ),
  );
  assert.ok(named.length > 30);
  assert.deepEqual(
    named.filter((entry) => !entry.includes('NAME') && !existsSync(join(root, entry.split(': ')[1] ?? ''))),
    [],
  );
});
