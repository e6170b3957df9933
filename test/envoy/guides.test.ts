// Every guide of docs/guides/ as it stands there: its function with its framework, its policies, its commands, through a real Envoy.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readGuide, runGuide } from '../support/guide.ts';
import type { LambdaHandler } from '../support/local-lambda.ts';

const guides = readdirSync(join(import.meta.dirname, '../../docs/guides')).filter((file) =>
  file.startsWith('bring-your-'),
);
/** Python packages are installed by the long tests alone: test/long/guide-fastapi.long.ts. */
const javascript = guides
  .map((file) => file.replace(/\.md$/, ''))
  .filter((name) => name !== 'bring-your-fastapi-app' && name !== 'bring-your-lambda-authorizer');

for (const name of javascript) {
  test(`the guide ${name} works as written`, async (t) => {
    if (spawnSync('curl', ['--version']).error) return t.skip('no curl here');
    const guide = readGuide(name);
    const { handler } = (await import(guide.functionFile(t))) as { handler: LambdaHandler };
    await runGuide(t, guide, handler);
  });
}

test('the guide bring-your-lambda-authorizer works as written, its tests too', async (t) => {
  if (spawnSync('curl', ['--version']).error) return t.skip('no curl here');
  const guide = readGuide('bring-your-lambda-authorizer');
  const directory = dirname(guide.functionFile(t));
  const files = ['authorize.mjs', 'order-api.mjs', 'policies.yaml', 'policies.test.yaml'];
  for (const file of files) writeFileSync(join(directory, file), guide.file(file));
  const handlers = Object.fromEntries(
    await Promise.all(
      ['authorize', 'order-api'].map(async (name) => [name, (await import(join(directory, `${name}.mjs`))).handler]),
    ),
  );
  assert.equal(guide.commands.length, 3);
  await runGuide(t, guide, handlers);
  const args = ['src/main.ts', 'test', join(directory, 'policies.test.yaml')];
  const run = spawnSync(process.execPath, args, { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' });
  assert.match(run.stdout, /^4 of 4 tests passed/, run.stdout + run.stderr);
});

test('there are guides', () => {
  assert.ok(javascript.length >= 4);
});
