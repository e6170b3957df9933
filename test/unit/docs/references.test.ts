import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { metricCatalogue } from '../../../src/observability/index.ts';
import type { MetricDefinition } from '../../../src/observability/metric-definition.ts';

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
  const broken = globSync('{*.md,docs/**/*.md,recipes/*.md}', { cwd: root }).flatMap((page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
    return targets
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
  assert.deepEqual(broken, []);
});

test('a link between pages leads to a heading that is there', () => {
  const broken: string[] = [];
  for (const page of globSync('{*.md,docs/**/*.md,recipes/*.md}', { cwd: root })) {
    for (const [, file = '', anchor = ''] of read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)) {
      const target = file === '' ? page : join(dirname(page), file);
      if (target.endsWith('.md') && !anchorsOf(read(target)).has(anchor)) broken.push(`${page}: ${file}#${anchor}`);
    }
  }
  assert.deepEqual(broken, []);
});

/** Of each heading, as GitHub makes them: in lower case, blanks as hyphens, nothing else but letters, digits, `-` and `_`. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm);
  const slugs = [...headings].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(slugs);
}

test('every page of docs/ is reached from README.md or CONTRIBUTING.md', () => {
  const reached = new Set(['README.md', 'CONTRIBUTING.md']);
  for (const page of reached) {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+\.md)/g))
      reached.add(join(dirname(page), target));
  }
  assert.deepEqual(
    globSync('docs/**/*.md', { cwd: root }).filter((page) => !reached.has(page)),
    [],
  );
});

test('every script of package.json is described in CONTRIBUTING.md or README.md', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const text = read('CONTRIBUTING.md') + read('README.md');
  // npm runs `prepack` by itself, before it packs.
  const untold = Object.keys(scripts).filter(
    (name) => name !== 'prepack' && !RegExp(`npm (?:run )?${name}\\b`).test(text),
  );
  assert.deepEqual(untold, []);
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

test('a metric that a page names is in the catalogue, with its labels and their values', () => {
  const metrics: readonly MetricDefinition[] = Object.values(metricCatalogue);
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  const definitionOf = (name: string) => byName.get(name) ?? byName.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  const wrong: string[] = [];
  let labelled = 0;
  for (const page of globSync('{*.md,docs/**/*.md}', { cwd: root })) {
    for (const [whole, name = '', labels = ''] of read(page).matchAll(
      /(?<![#\w])(lambda_ext_proc_\w*[a-z])(?:\{([^}]*)\})?/g,
    )) {
      const metric = definitionOf(name);
      if (metric === undefined) wrong.push(`${page}: ${name}`);
      for (const [, label = '', operator, value = ''] of labels.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)) {
        if (['job', 'instance', 'le'].includes(label)) continue;
        labelled++;
        const values = metric?.labels[label];
        const isKnown = values === null || (values !== undefined && (operator !== '=' || values.includes(value)));
        if (!isKnown) wrong.push(`${page}: ${whole}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(labelled > 5, `${labelled} labels`);
});
