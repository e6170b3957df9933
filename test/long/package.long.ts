// The package as a user gets it: made by `npm pack` with its scripts, installed by npm into an empty directory, used with Node alone.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { runProgram, tryCommands } from '../support/installed-package.ts';

const root = join(import.meta.dirname, '../..');
const places = temporaryDirectory('package-');

/** A copy of the sources: `npm pack` builds dist/ anew, which other tests run from. */
function pack(): string {
  const copy = join(places.path, 'sources');
  mkdirSync(copy);
  const left = new Set(['node_modules', '.git', '.local', 'dist']);
  for (const name of readdirSync(root)) {
    if (!left.has(name)) cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const printed = runProgram('npm', ['pack', '--silent', '--pack-destination', places.path], { cwd: copy });
  assert.deepEqual(
    readdirSync(copy).filter((name) => /^(?:npm-shrinkwrap|sbom)/.test(name)),
    [],
  );
  return join(places.path, printed.trim().split('\n').at(-1) ?? '');
}

describe('the package, installed by npm', () => {
  const directory = join(places.path, 'empty');

  before(() => {
    const file = pack();
    mkdirSync(directory);
    runProgram('npm', ['install', '--no-audit', '--no-fund', file], { cwd: directory });
  });

  test('brings what it uses at run time, in the versions that its package.json names, and no tools', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const versionOf = (name: string): string =>
      JSON.parse(readFileSync(join(directory, 'node_modules', name, 'package.json'), 'utf8')).version;
    for (const [name, version] of Object.entries(dependencies)) assert.equal(versionOf(name), version, name);
    // Some are there for both: the lock file has no `dev` for these.
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const tools = Object.keys(devDependencies).filter((name) => packages[`node_modules/${name}`].dev === true);
    assert.ok(tools.length > 5);
    for (const name of tools) assert.throws(() => versionOf(name), name);
  });

  test('works with Node alone', () => {
    const program = join(directory, 'node_modules/.bin/lambda-ext-proc');
    // Its first line asks env for node.
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: directory };
    assert.equal(runProgram('node', ['--version'], { cwd: directory, env }), `${process.version}\n`);
    tryCommands(directory, (...args) => runProgram(program, args, { cwd: directory, env }));
  });

  test('gives a program the expressions', () => {
    const script = join(directory, 'uses.mjs');
    writeFileSync(
      script,
      "import * as expression from 'lambda-ext-proc/expression'; console.log(Object.keys(expression).length > 0);",
    );
    assert.equal(runProgram(process.execPath, [script], { cwd: directory }), 'true\n');
  });
});
