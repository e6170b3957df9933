// The newest Envoy runs in the other tests. Here a sample of them runs on the oldest one that is supported;
// `npm run test:envoy-versions` runs all that start an Envoy on every version.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { envoyVersions } from '../../scripts/setup/envoy-versions.mjs';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { testsWithEnvoy } from '../../scripts/support/tests-with-envoy.ts';

const root = join(import.meta.dirname, '../..');
const oldest = envoyVersions[0] ?? '';
const escaped = oldest.replaceAll('.', '\\.');
const sample = [
  'test/envoy/policy.test.ts',
  'test/envoy/bodiless.test.ts',
  'test/envoy/grpc-streaming.test.ts',
  'test/envoy/streaming-by-version.test.ts',
];

function runOnVersions(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'scripts/envoy-versions.ts'), ...args], { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

test(`a sample of the tests passes on the oldest envoy ${oldest}`, async () => {
  const { code, output } = await runOnVersions('--versions', oldest, ...sample);
  assert.equal(code, 0, output);
  assert.match(output, new RegExp(`^Envoy ${escaped}: [1-9]\\d* passed, 0 failed, 0 skipped`, 'm'));
});

test('a test that fails is named with its reason and the exit code is 1', async (t) => {
  const directory = temporaryDirectory('versions-');
  t.after(() => directory.remove());
  const file = join(directory.path, 'fails.test.ts');
  const lines = [
    "import { test } from 'node:test';",
    "test('works', () => {});",
    "test('says_its_envoy', () => { throw new Error(process.env.ENVOY_BIN); });",
  ];
  writeFileSync(file, lines.join('\n'));
  const { code, output } = await runOnVersions('--versions', oldest, file);
  assert.equal(code, 1, output);
  assert.match(output, /1 passed, 1 failed/);
  assert.match(output, new RegExp(`says_its_envoy\\n {2}${escaped}: FAIL, .*/${escaped}/bin/envoy`));
});

test('an envoy that is not supported is refused', async () => {
  const { code, output } = await runOnVersions('--versions', '1.20.0');
  assert.equal(code, 2);
  assert.match(output, /no such version: 1\.20\.0; there are 1\.36\./);
});

test('the tests that start an envoy are found by their imports', () => {
  const found = testsWithEnvoy(root);
  for (const file of [...sample, 'test/envoy/demo.test.ts', 'test/load/faults.test.ts'])
    assert.ok(found.includes(file), file);
  assert.ok(!found.some((file) => file.startsWith('test/unit/expression/')));
});
