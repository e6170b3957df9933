// Guides that bring a document and its tests: `check` has nothing to say of the one, and the others pass.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { filesOf, runMain } from '../../support/command.ts';

const guides = join(import.meta.dirname, '../../../docs/guides');

/** The only block of a page that begins with this name of a file. */
function block(page: string, name: string): string | undefined {
  const blocks = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  const found = blocks.filter((text) => text.startsWith(`# ${name}\n`));
  return found.length === 1 ? found[0] : undefined;
}

let found = 0;
for (const name of readdirSync(guides)) {
  const page = readFileSync(join(guides, name), 'utf8');
  const [policies, tests] = [block(page, 'policies.yaml'), block(page, 'policies.test.yaml')];
  if (policies === undefined || tests === undefined) continue;
  found++;
  test(`the policies of ${name} have no finding, and its tests pass`, async (t) => {
    const files = filesOf(t, { 'policies.yaml': policies, 'policies.test.yaml': tests });
    const check = await runMain(['check', '--strict', files['policies.yaml']]);
    assert.equal(check.code, 0, check.stdout + check.stderr);
    const run = await runMain(['test', files['policies.test.yaml']]);
    assert.equal(run.code, 0, run.stdout + run.stderr);
  });
}

test('the import of from-gravitee.md reports what the page says, and its policies fit the routes that were written', async (t) => {
  const page = readFileSync(join(guides, 'from-gravitee.md'), 'utf8');
  const [, definition = ''] = /^```json\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const [, report = ''] = /^```text\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const files = filesOf(t, { 'orders-api.json': definition, 'policies.yaml': block(page, 'policies.yaml') ?? '' });
  const out = join(dirname(files['orders-api.json']), 'imported');
  const run = await runMain(['import-gravitee', files['orders-api.json'], '--out', out]);
  assert.equal(run.code, 0, run.stderr);
  for (const line of report.trimEnd().split('\n')) assert.ok(run.stdout.includes(`${line}\n`), run.stdout);
  const check = await runMain(['check', files['policies.yaml'], '--envoy', join(out, 'envoy.yaml'), '--strict']);
  assert.equal(check.code, 0, check.stdout + check.stderr);
});

test('there are such guides', () => {
  assert.ok(found >= 5, String(found));
});
