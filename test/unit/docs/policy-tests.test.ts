// The guide's example is run, and the reference has every field.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { policyTestsJsonSchema } from '../../../src/policy-tests/index.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const blocks = (page: string, language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

const guide = read('docs/guides/test-your-policies.md');
const [policies = ''] = blocks(read('README.md'), 'yaml');
const [tests = '', secrets = ''] = blocks(guide, 'yaml');
const [passed, failed] = blocks(guide, 'text');

function run(files: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'guide-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const args = [join(root, 'src/main.ts'), 'test', 'policies.test.yaml'];
    return spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("the guide's tests of the README's policies pass, and print what it says", () => {
  const { status, stdout } = run({ 'policies.yaml': policies, 'policies.test.yaml': tests });
  assert.deepEqual([status, stdout], [0, passed]);
});

test("the guide's failure is what a wrong answer gives", () => {
  const wrong = tests.replace('{tier: gold}', '{tier: silver}');
  const { status, stdout } = run({ 'policies.yaml': policies, 'policies.test.yaml': wrong });
  assert.equal(status, 1);
  assert.equal(stdout.slice(0, failed?.length), failed);
});

test("the guide's stand-in for a secret is taken", () => {
  const key = 'accessKey: A, secretKey: "{#secrets.get(\'env:LAMBDA_EXT_PROC_SECRET_KEY\')}"';
  const secret = policies.replace(
    'function: customer-tier',
    `function: customer-tier\n          ${key.replace(', ', '\n          ')}`,
  );
  assert.equal(run({ 'policies.yaml': secret, 'policies.test.yaml': tests }).status, 1);
  const { status, stdout } = run({ 'policies.yaml': secret, 'policies.test.yaml': secrets + tests });
  assert.equal(status, 0, stdout);
});

test('the reference names every field', () => {
  const page = read('docs/reference/policy-tests.md');
  const fields = new Set<string>();
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if ('properties' in schema) for (const name of Object.keys(schema.properties as object)) fields.add(name);
    Object.values(schema).forEach(visit);
  };
  visit(policyTestsJsonSchema('0.0.0'));
  assert.ok(fields.size > 30, `${fields.size} fields`);
  fields.delete('$schema');
  assert.deepEqual(
    [...fields].filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});
