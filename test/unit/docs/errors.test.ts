import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CLOSED_KEY } from '../../../src/import/index.ts';
import { errorCatalogue } from '../../../src/policy/index.ts';

const page = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8');

test('the error reference has every key with its status, message and section', () => {
  const rows = [...page.matchAll(/^\| \[([A-Z_]+)\]\(#([a-z_]+)\) \| (\d+) \| (.+) \|$/gm)];
  const documented = rows.map(([, key, anchor, status, message]) => ({ key, anchor, status: Number(status), message }));
  const expected = Object.entries(errorCatalogue).map(([key, { status, message }]) => ({
    key,
    anchor: key.toLowerCase(),
    status,
    message,
  }));
  assert.deepEqual(documented, expected);
  const sections = [...page.matchAll(/^### ([A-Z_]+)$/gm)].map(([, key]) => key);
  assert.deepEqual(sections, Object.keys(errorCatalogue));
});

test('the error reference names the key of closed routes, which no catalogue has', () => {
  assert.ok(page.includes(`\`${CLOSED_KEY}\``));
  assert.ok(!Object.hasOwn(errorCatalogue, CLOSED_KEY));
});
