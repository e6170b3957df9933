import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { envoyBinary } from '../../../scripts/support/tools.ts';
import { importFile } from './support.ts';

const run = promisify(execFile);
const shapes = ['v2-flows.json', 'v2-legacy.json', 'v4-export.json', 'v4-gateway.json', 'v4-operator.yaml'];

for (const name of shapes) {
  test(`the real envoy accepts what is made of ${name.replace(/\W/g, '_')}`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'import-'));
    t.after(() => rm(directory, { recursive: true }));
    const file = join(directory, 'envoy.yaml');
    await writeFile(file, importFile(name).envoy);
    const { stderr, stdout } = await run(envoyBinary(), ['--mode', 'validate', '-c', file], { timeout: 60_000 });
    assert.match(stdout + stderr, /configuration '.*' OK/);
  });
}
