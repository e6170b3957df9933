// The arrows between folders that docs/architecture.md tells are the ones that `npm run check` lets pass.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const biome = join(root, 'node_modules/.bin/biome');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Folder to those that it knows, by the page's first table. */
const told = new Map<string, readonly string[]>();
for (const [, folder = '', knows = ''] of page.matchAll(/^\| `([a-z-]+)\/` +\|[^|]*\| ([^|]+?) +\|$/gm)) {
  const names = [...knows.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
  told.set(folder, knows === 'everything' ? folders.filter((name) => name !== folder) : names);
}

interface Refusal {
  readonly rule: string;
  /** Path in the directory, and line, from 1. */
  readonly file: string;
  readonly line: number;
}

/** What the check refuses in a directory of these files, under the project's own configuration. */
function refusals(t: TestContext, files: ReadonlyMap<string, string>): readonly Refusal[] {
  const directory = mkdtempSync(join(tmpdir(), 'import-rules-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const { vcs: _, ...configuration } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  for (const [path, text] of [...files, ['biome.json', JSON.stringify(configuration)] as const]) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const options = ['lint', '--reporter=github', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(biome, options, { cwd: directory, encoding: 'utf8' });
  return [...stdout.matchAll(/^::\w+ title=lint\/\w+\/(\w+),file=([^,]+),line=(\d+)/gm)].map(
    ([, rule = '', file = '', line]) => {
      return { rule, file: relative(directory, resolve(directory, file)), line: Number(line) };
    },
  );
}

/** Of files with nothing but imports: those imports that the check refuses. */
function refused(
  t: TestContext,
  files: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const texts = [...files].map(([path, specifiers]) => {
    return [path, specifiers.map((specifier, i) => `export * as m${i} from '${specifier}';\n`).join('')] as const;
  });
  const found = refusals(t, new Map(texts)).filter(({ rule }) => rule === 'noRestrictedImports');
  return new Map(
    [...files].map(([path, specifiers]) => {
      const lines = found.filter(({ file }) => file === path).map(({ line }) => line);
      return [path, lines.map((line) => specifiers[line - 1] ?? '').sort()];
    }),
  );
}

test('the page tells of every folder', () => {
  assert.deepEqual([...told.keys()].sort(), [...folders].sort());
});

test('a folder may import the index.ts of the folders that it knows, and nothing else of any other', (t) => {
  const fine = new Map<string, readonly string[]>();
  const wrong = new Map<string, readonly string[]>();
  for (const folder of folders) {
    const knows = told.get(folder) ?? [];
    const others = folders.filter((name) => name !== folder);
    for (const [place, up] of [
      [folder, '..'],
      [`${folder}/part`, '../..'],
    ] as const) {
      const own = [`${up}/envoy-names.ts`, './b.ts', '../other-part/b.ts', 'node:fs', '@aws-sdk/client-lambda'];
      fine.set(`src/${place}/fine.ts`, [...own, ...knows.map((name) => `${up}/${name}/index.ts`)]);
      const backwards = others.filter((name) => !knows.includes(name)).map((name) => `${up}/${name}/index.ts`);
      const inside = others.flatMap((name) => [`${up}/${name}/a.ts`, `${up}/${name}/part/a.ts`]);
      wrong.set(`src/${place}/wrong.ts`, [...backwards, ...inside]);
    }
  }
  fine.set('src/fine.ts', ['./envoy-names.ts', 'lru-cache']);
  wrong.set('src/wrong.ts', ['./policy/index.ts', './config/problem.ts']);
  const found = refused(t, new Map([...fine, ...wrong]));
  for (const path of fine.keys()) assert.deepEqual(found.get(path), [], path);
  for (const [path, specifiers] of wrong) assert.deepEqual(found.get(path), [...specifiers].sort(), path);
});

test('files that import each other are refused, in one folder as between two', (t) => {
  const found = refusals(
    t,
    new Map([
      ['src/policy/a.ts', "import { b } from './b.ts';\nexport const a = (): unknown => b;\n"],
      ['src/policy/b.ts', "import { c } from './c.ts';\nexport const b = (): unknown => c;\n"],
      ['src/policy/c.ts', "import { a } from './a.ts';\nexport const c = (): unknown => a;\n"],
      ['src/policy/d.ts', "import { a } from './a.ts';\nexport const d = a;\n"],
    ]),
  );
  const cycles = found.filter(({ rule }) => rule === 'noImportCycles').map(({ file }) => file);
  assert.deepEqual(cycles.sort(), ['src/policy/a.ts', 'src/policy/b.ts', 'src/policy/c.ts']);
});
