// The licences of what the package brings at run time are among those that suit it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** Permissive, and compatible with Apache-2.0. A further one is a decision: docs/dependencies.md tells it. */
const SUITABLE = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

interface Locked {
  readonly license?: string;
  readonly dev?: true;
}

const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const atRunTime = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);

/** Of `(A OR B)` one is enough, of `(A AND B)` both count. */
function suits(licence: string): boolean {
  const words = licence.replace(/^\((.*)\)$/, '$1');
  if (words.includes(' OR ')) return words.split(' OR ').some(suits);
  return words.split(' AND ').every((name) => SUITABLE.has(name));
}

test('every package at run time has a suitable licence', () => {
  assert.ok(atRunTime.length > 50);
  const others = atRunTime.filter(([, { license }]) => license === undefined || !suits(license));
  assert.deepEqual(others, []);
});

test('the lock file tells the licences that the packages have', () => {
  for (const [path, { license }] of atRunTime) {
    // Packages for other platforms are not installed.
    if (!existsSync(join(root, path))) continue;
    assert.equal(read(join(path, 'package.json')).license, license, path);
  }
});

test('a licence of several is suitable by its parts', () => {
  assert.equal(suits('(BSD-3-Clause OR GPL-2.0)'), true);
  assert.equal(suits('(MIT AND GPL-2.0)'), false);
  assert.equal(suits('(MIT AND ISC)'), true);
  assert.equal(suits('GPL-2.0-only'), false);
});

test('what docs/dependencies.md says of licences is true', () => {
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| ([^|]+) \| \d{4}-\d{2} \|/gm)];
  assert.ok(rows.length > 10);
  for (const [, name = '', licence] of rows) assert.equal(packages[`node_modules/${name}`]?.license, licence, name);
  for (const licence of SUITABLE) assert.ok(page.includes(licence), licence);
});
