import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError } from '../../../src/commands/command-line.ts';
import { schemaCommand } from '../../../src/commands/schema.ts';

const root = join(import.meta.dirname, '../../..');

async function printed(...args: readonly string[]): Promise<string> {
  let stdout = '';
  const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => 0 }, env: {} };
  assert.equal(await schemaCommand(args, io), 0);
  return stdout;
}

test('the schemas are those of the package', async () => {
  const published = (name: string): string => readFileSync(join(root, 'schema', name), 'utf8');
  assert.equal(await printed(), published('policies.schema.json'));
  assert.equal(await printed('policies'), published('policies.schema.json'));
  assert.equal(await printed('test'), published('policy-tests.schema.json'));
});

test('the $id of a schema is an address of its version, at the path that the package has it under', async () => {
  const { name, version, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const schema of ['policies', 'test'] as const) {
    const { $id } = JSON.parse(await printed(schema));
    const [, path = ''] = $id.split(`https://unpkg.com/${name}@${version}/`);
    assert.ok(exports[`./${path}`], $id);
  }
});

test('another schema is a usage error', async () => {
  await assert.rejects(printed('envoy'), UsageError);
  await assert.rejects(printed('policies', 'test'), UsageError);
});
