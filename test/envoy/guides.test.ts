// Every guide of docs/guides/ as it stands there: its function with its framework, its policies, its commands, through a real Envoy.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readGuide, runGuide } from '../support/guide.ts';
import type { LambdaHandler } from '../support/local-lambda.ts';

const guides = readdirSync(join(import.meta.dirname, '../../docs/guides')).filter((file) =>
  file.startsWith('bring-your-'),
);
/** Python packages are installed by the long tests alone: test/long/guide-fastapi.long.ts. */
const javascript = guides.map((file) => file.replace(/\.md$/, '')).filter((name) => name !== 'bring-your-fastapi-app');

for (const name of javascript) {
  test(`the guide ${name} works as it is written`, async (t) => {
    if (spawnSync('curl', ['--version']).error) return t.skip('no curl here');
    const guide = readGuide(name);
    const { handler } = (await import(guide.functionFile(t))) as { handler: LambdaHandler };
    await runGuide(t, guide, handler);
  });
}

test('there are guides', () => {
  assert.ok(javascript.length >= 4);
});
