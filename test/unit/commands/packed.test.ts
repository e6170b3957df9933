// The file that `npm pack` makes, in a directory of its own: what it carries, and that its commands find what they read.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '../../..');

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

describe('the packed file', () => {
  let directory: string;
  let files: readonly string[];

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'packed-'));
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
    const [packed] = JSON.parse(run('npm', args, root));
    files = packed.files.map(({ path }: { readonly path: string }) => path);
    run('tar', ['-xzf', packed.filename], directory);
    // The packages that `npm install` would bring.
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const program = (...args: readonly string[]): string =>
    run(process.execPath, [join(directory, 'package/dist/main.js'), ...args], directory);

  test('carries both schemas, what init writes, and the files of both pages', () => {
    for (const file of [
      'schema/policies.schema.json',
      'schema/policy-tests.schema.json',
      'starter/policies.yaml',
      'starter/policies.test.yaml',
      'starter/envoy.yaml',
      'admin/page.css',
      'admin/page.js',
      'admin/icon.svg',
      'playground/index.html',
    ]) {
      assert.ok(files.includes(file), file);
    }
  });

  test('prints the rights that a document needs', () => {
    const config = join(directory, 'policies.yaml');
    writeFileSync(config, 'version: 1\napis: {a: {request: [{configuration: {function: f, region: eu-west-1}}]}}\n');
    const report = JSON.parse(program('iam', '--config', config, '--account', '111111111111'));
    assert.deepEqual(report.machine.usedBy, ['a.f-1']);
    assert.match(JSON.stringify(report.machine), /arn:aws:lambda:eu-west-1:111111111111:function:f/);
  });
});
