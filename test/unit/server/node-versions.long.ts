// What reaches into Node or grpc-js, on the newest release of each version of Node that it says it was tried on.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { installNode } from '../../../scripts/setup/node-versions.mjs';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const files = ['ascii-metadata', 'drain', 'grpc-internals', 'grpc-server', 'http2-stream-table', 'reflection'];

for (const major of ['24', '26']) {
  test(`the newest Node ${major} serves with the tables, options and hooks of this project`, async (t) => {
    const node = installNode(root, major);
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
