// docs/guides/envoy-settings.md against envoy/envoy.yaml: no setting without its line.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test('the page names every setting of the example', () => {
  const settings = settingsOf(parse(read('envoy/envoy.yaml')));
  const page = read('docs/guides/envoy-settings.md');
  const missing = [...settings].filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(page));
  assert.deepEqual(missing, []);
  assert.ok(settings.size > 80);
});

/** The name of each field, and what is asked for in lists of texts. Not the fields of a log line, which are names of the reader's choice. */
function settingsOf(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const one of value) settingsOf(one, found);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return found;
  for (const [name, field] of Object.entries(value)) {
    found.add(name);
    if (name !== 'json_format') settingsOf(field, found);
  }
  return found;
}
