import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runTests } from '../../../scripts/support/run-tests.ts';
import { temporaryDirectory } from '../../../scripts/support/temporary-directory.ts';

const directory = temporaryDirectory('run-tests-');
after(() => directory.remove());

const fileOf = (name: string, text: string): string => {
  const file = join(directory.path, name);
  writeFileSync(file, `import { test } from 'node:test';\n${text}`);
  return file;
};
const passes = fileOf('passes.mjs', "test('passes', () => undefined);");

test('tests that pass and fail are reported one by one', async () => {
  const fails = fileOf('fails.mjs', "test('fails', () => { throw new Error('no'); });");
  const lines = await runTests({ files: [passes, fails] });
  const told = lines.map(({ name, outcome }) => `${outcome} ${name}`).sort();
  assert.deepEqual(told, ['FAIL fails', 'pass passes']);
});

test('a runner that does not start, or finds no test, is an error', async () => {
  await assert.rejects(
    runTests({ files: [passes], args: ['--no-such-flag'] }),
    /ended with 9 after 0 tests: .*no-such-flag/s,
  );
  await assert.rejects(runTests({ files: [join(directory.path, 'absent-*.mjs')] }), /after 0 tests/);
});

test('a runner that is killed after tests that passed is an error', async () => {
  const kills = fileOf(
    'kills.mjs',
    "test('passes too', () => undefined);\ntest('kills', () => { process.kill(process.ppid, 'SIGKILL'); });",
  );
  await assert.rejects(runTests({ files: [kills] }), /ended with SIGKILL/);
});
