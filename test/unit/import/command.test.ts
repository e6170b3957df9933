import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkCommand } from '../../../src/commands/check.ts';
import { UsageError } from '../../../src/commands/command-line.ts';
import { importGraviteeCommand } from '../../../src/commands/import-gravitee.ts';

const definition = (name: string): string => join(import.meta.dirname, 'definitions', name);

function io() {
  const output = { text: '' };
  const sink = { write: (text: string) => (output.text += text) };
  return { output, io: { stdout: sink, stderr: sink, env: {} } };
}

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'import-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

test('both files are written and pass check', async (t) => {
  const out = join(await directory(t), 'new');
  const { output, io: importIo } = io();
  const args = [definition('v2-flows.json'), '--out', out, '--accept', 'api-key'];
  assert.equal(await importGraviteeCommand(args, importIo), 0);
  assert.match(output.text, /imported: 7 Lambda steps in 2 APIs, on 2 routes/);
  assert.match(output.text, /^opened {3}OPEN, as accepted \(api-key\): policy api-key/m);
  const files = ['--config', join(out, 'policies.yaml'), '--envoy', join(out, 'envoy.yaml')];
  assert.equal(await checkCommand(files, io().io), 0);
  assert.equal((await stat(join(out, 'policies.yaml'))).mode & 0o007, 0, 'keys may stand in it');
});

test('existing files are never overwritten', async (t) => {
  const out = await directory(t);
  await writeFile(join(out, 'policies.yaml'), 'mine');
  const args = [definition('v2-flows.json'), '--out', out];
  await assert.rejects(importGraviteeCommand(args, io().io), /policies\.yaml is there already/);
  assert.equal(await readFile(join(out, 'policies.yaml'), 'utf8'), 'mine');
});

test('an expression that cannot be compiled is reported and fails', async (t) => {
  const out = await directory(t);
  const text = await readFile(definition('v2-legacy.json'), 'utf8');
  await writeFile(join(out, 'api.json'), text.replace('{#request.path}', '{#request.path @}'));
  const { output, io: importIo } = io();
  assert.equal(await importGraviteeCommand([join(out, 'api.json'), '--out', join(out, 'new')], importIo), 1);
  assert.match(output.text, /policies\.yaml:\d+:\d+ apis\.legacy-get\.pre\.0\.configuration\.payload: /);
});

test('text that does not parse is reported with its place', async (t) => {
  const out = await directory(t);
  await writeFile(join(out, 'api.json'), '{"name": }');
  await assert.rejects(
    importGraviteeCommand([join(out, 'api.json'), '--out', out], io().io),
    /api\.json:1:10 not valid JSON/,
  );
});

test('a missing argument is a usage error', async () => {
  await assert.rejects(importGraviteeCommand(['--out', 'x'], io().io), UsageError);
  await assert.rejects(importGraviteeCommand([definition('v2-flows.json')], io().io), UsageError);
});
