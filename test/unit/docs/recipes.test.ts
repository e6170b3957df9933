// Every recipe: `check` has nothing to say of it, its tests pass and leave nothing out, and the page lists it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runMain } from '../../support/command.ts';

const directory = join(import.meta.dirname, '../../../recipes');
const names = readdirSync(directory).flatMap((file) => /^(?<name>[\w-]+)\.yaml$/.exec(file)?.groups?.name ?? []);
const file = (name: string): string => join(directory, name);

test('check has no finding in any recipe', async () => {
  assert.ok(names.length >= 14);
  const run = await runMain(['check', '--strict', ...names.map((name) => file(`${name}.yaml`))]);
  assert.equal(run.code, 0, run.stdout + run.stderr);
});

test("each recipe's tests pass, and reach every step, condition and failure", async () => {
  const run = await runMain(['test', ...names.map((name) => file(`${name}.test.yaml`))]);
  assert.equal(run.code, 0, run.stdout + run.stderr);
  const coverage = [...run.stdout.matchAll(/^coverage of .*$/gm)].map(([line]) => line);
  assert.equal(coverage.length, names.length, run.stdout);
  for (const line of coverage) assert.match(line, /\(100 %\)$/);
});

test('the page of recipes lists each with its tests', () => {
  const page = readFileSync(file('README.md'), 'utf8');
  for (const name of names) assert.ok(page.includes(`| [${name}](${name}.yaml) | [tests](${name}.test.yaml) |`), name);
});
