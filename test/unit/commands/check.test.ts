import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkCommand } from '../../../src/commands/check.ts';
import { UsageError } from '../../../src/commands/command-line.ts';
import { goodEnvoy } from '../config/envoy-fixture.ts';

const root = join(import.meta.dirname, '../../..');

async function check(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let stdout = '';
  let stderr = '';
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env,
  };
  const code = await checkCommand(args, io);
  return { code, lines: stdout.trimEnd().split('\n'), stderr };
}

async function files(t: TestContext, contents: Readonly<Record<string, string>>): Promise<(name: string) => string> {
  const directory = await mkdtemp(join(tmpdir(), 'check-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(contents)) await writeFile(join(directory, name), text);
  return (name) => join(directory, name);
}

const right = 'version: 1\napis: {orders: {request: [{configuration: {function: f}}]}}\n';
const doubtful = 'version: 1\napis: {orders: {request: [{configuration: {function: f, ssl: {trustAll: true}}}]}}\n';
const wrong = 'version: 1\napis: {orders: {request: [{configuration: {reigon: eu-west-1}}]}}\n';

test('a right file passes', async (t) => {
  const at = await files(t, { 'policies.yaml': right });
  const { code, lines } = await check(['--config', at('policies.yaml')]);
  assert.equal(code, 0);
  assert.deepEqual(lines, [`${at('policies.yaml')}: 0 errors, 0 warnings`]);
});

test('errors fail with one line each', async (t) => {
  const at = await files(t, { 'policies.yaml': wrong });
  const { code, lines } = await check(['--config', at('policies.yaml')]);
  assert.equal(code, 1);
  const place = `${at('policies.yaml')}:2:44 apis.orders.request.0.configuration.reigon`;
  assert.deepEqual(lines, [
    `${place}: unknown field, did you mean region?`,
    `${at('policies.yaml')}: 1 error, 0 warnings`,
  ]);
});

test('warnings do not fail', async (t) => {
  const at = await files(t, { 'policies.yaml': doubtful });
  const { code, lines } = await check(['--config', at('policies.yaml')]);
  assert.equal(code, 0);
  assert.match(lines[0] ?? '', /ssl\.trustAll: warning: /);
  assert.match(lines[1] ?? '', /0 errors, 1 warning$/);
});

test('a file that is not there is an error that names it', async (t) => {
  const at = await files(t, {});
  await assert.rejects(check(['--config', at('policies.yaml')]), /policies\.yaml: there is no such file/);
  await assert.rejects(check(['--config', at('')]), /is a directory, expected a file/);
});

test('the variable names the file too', async (t) => {
  const at = await files(t, { 'policies.yaml': right });
  const { code } = await check([], { LAMBDA_EXT_PROC_CONFIG: at('policies.yaml') });
  assert.equal(code, 0);
});

test('nothing to check is a usage error', async () => {
  await assert.rejects(check([]), UsageError);
});

test('json is checked as json', async (t) => {
  const at = await files(t, { 'policies.json': '{"version": 1,}' });
  const { code, lines } = await check(['--config', at('policies.json')]);
  assert.equal(code, 1);
  assert.match(lines[0] ?? '', /policies\.json:1:15 not valid JSON/);
});

test('envoy is checked against the policies', async (t) => {
  const at = await files(t, {
    'policies.yaml': right,
    'envoy.yaml': goodEnvoy,
    'other.yaml': goodEnvoy.replace('value: orders', 'value: other'),
  });
  assert.equal((await check(['--config', at('policies.yaml'), '--envoy', at('envoy.yaml')])).code, 0);
  const { code, lines } = await check(['--config', at('policies.yaml'), '--envoy', at('other.yaml')]);
  assert.equal(code, 1);
  assert.match(lines[0] ?? '', /other\.yaml:\d+:84 .*names no API of the policies/);
});

test('envoy alone is checked for inline policies', async (t) => {
  const inline = goodEnvoy.replace(
    '{key: x-lambda-api, value: orders}',
    `{key: x-lambda-policies, value: '{"request": [{"configuration": {"function": "f"}}]}'}`,
  );
  const at = await files(t, { 'envoy.yaml': inline });
  assert.equal((await check(['--envoy', at('envoy.yaml'), '--inline-functions', 'f'])).code, 0);
  const without = await check(['--envoy', at('envoy.yaml')]);
  assert.equal(without.code, 1);
  assert.match(without.lines[0] ?? '', /`inline: false`/);
  const other = await check(['--envoy', at('envoy.yaml')], { LAMBDA_EXT_PROC_INLINE_FUNCTIONS: 'g, h' });
  assert.match(other.lines[0] ?? '', /configuration\.function: is not allowed in inline policies/);
});

test('the rights of inline policies are in the file where there is one', async (t) => {
  const at = await files(t, { 'policies.yaml': right });
  await assert.rejects(
    check(['--config', at('policies.yaml'), '--inline-roles', 'x']),
    /write `inline` in policies.yaml/,
  );
});

test('envoy waits until the policies are right', async (t) => {
  const at = await files(t, { 'policies.yaml': wrong, 'envoy.yaml': goodEnvoy });
  const { code, lines } = await check(['--config', at('policies.yaml'), '--envoy', at('envoy.yaml')]);
  assert.equal(code, 1);
  assert.match(lines.at(-1) ?? '', /envoy\.yaml is checked once .*policies\.yaml is right$/);
});

test('every envoy file of the repository has no errors', async () => {
  const names = (await readdir(join(root, 'envoy'))).filter((name) => name.endsWith('.yaml'));
  assert.ok(names.length > 0);
  for (const name of names) {
    const envoy = join(root, 'envoy', name);
    const { code, lines } = await check(['--config', join(root, 'demo/policies.yaml'), '--envoy', envoy]);
    assert.equal(code, 0, `${relative(root, envoy)}\n${lines.join('\n')}`);
  }
});
