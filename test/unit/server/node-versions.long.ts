// What reaches into Node or grpc-js, on the newest release of each version of Node that it says it was tried on.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const files = ['ascii-metadata', 'drain', 'grpc-internals', 'grpc-server', 'http2-stream-table', 'reflection'];

/** npm's `node` package has the program for this machine. */
async function install(major: string): Promise<string> {
  const directory = join(root, '.local/nodes', major);
  mkdirSync(directory, { recursive: true });
  await execute('npm', ['install', '--prefix', directory, '--no-save', '--no-audit', '--no-fund', `node@${major}`]);
  return join(directory, 'node_modules/node/bin/node');
}

for (const major of ['24', '26']) {
  test(`the newest Node ${major} serves with the tables, options and hooks of this project`, async (t) => {
    const node = await install(major);
    const version = (await execute(node, ['--version'])).stdout.trim();
    assert.match(version, new RegExp(`^v${major}\\.`));
    t.diagnostic(version);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const paths = files.map((file) => `test/unit/server/${file}.test.ts`);
    const { stdout } = await execute(node, ['--test', '--test-reporter=tap', ...paths], { cwd: root, env });
    assert.match(stdout, /^# fail 0$/m);
    const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1]);
    assert.ok(passed > files.length, `only ${passed} tests ran`);
  });
}
