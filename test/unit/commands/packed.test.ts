// The file that `npm pack` makes, in a directory of its own: what it carries, and that its commands find what they read.
// test/long/package.long.ts installs it as npm does.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runProgram, tryCommands } from '../../support/installed-package.ts';

const root = join(import.meta.dirname, '../../..');

/** All that the package has. What is new has to be named here. */
const CONTENTS = [
  /^(?:package\.json|LICENSE|NOTICE|README\.md|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|RELEASES\.md)$/,
  /^dist\/(?:[\w-]+\/)*[\w-]+\.(?:js|d\.ts)$/,
  /^deploy\/(?:[\w-]+\/)*[\w.-]+\.(?:yaml|json|tpl|txt)$/,
  /^deploy\/helm\/\.helmignore$/,
  /^docs\/(?:[\w-]+\/)*[\w-]+\.(?:md|png|svg)$/,
  /^envoy\/[\w-]+\.yaml$/,
  /^admin\/[\w-]+\.(?:css|js|svg)$/,
  /^playground\/[\w-]+\.(?:html|css|js)$/,
  /^proto\/(?:[\w-]+\/)*[\w-]+\.proto$/,
  /^proto\/README\.md$/,
  /^recipes\/(?:README\.md|[\w-]+(?:\.test)?\.yaml)$/,
  /^schema\/(?:policies|policy-tests)\.schema\.json$/,
  /^starter\/(?:policies|policies\.test|envoy)\.yaml$/,
];
const MEGABYTE = 1_000_000;
const PACKED_BYTES = 2 * MEGABYTE;
const UNPACKED_BYTES = 7 * MEGABYTE;
/** Keys, apart from those of AWS's documentation, and places of a machine. */
const SECRETS =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}|\b(?:AKIA|ASIA)(?![A-Z0-9]{0,9}EXAMPLE)[A-Z0-9]{16}\b|\/home\/\w+\/\w/;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

describe('the packed file', () => {
  let directory: string;
  let packed: Packed;
  let files: readonly string[];
  const text = (file: string): string => readFileSync(join(directory, 'package', file), 'utf8');

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'packed-'));
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
    [packed] = JSON.parse(runProgram('npm', args, { cwd: root }));
    files = packed.files.map(({ path }) => path);
    runProgram('tar', ['-xzf', packed.filename], { cwd: directory });
    // The packages that `npm install` would bring.
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  test('has what it is known to have and nothing else', () => {
    assert.deepEqual(
      files.filter((file) => !CONTENTS.some((pattern) => pattern.test(file))),
      [],
    );
    for (const pattern of CONTENTS)
      assert.ok(
        files.some((file) => pattern.test(file)),
        `nothing is ${pattern}`,
      );
  });

  test('is small, and no file in it has a secret', () => {
    assert.ok(packed.size < PACKED_BYTES, `${packed.size} bytes`);
    assert.ok(packed.unpackedSize < UNPACKED_BYTES, `${packed.unpackedSize} bytes unpacked`);
    for (const file of files) assert.doesNotMatch(text(file), SECRETS, file);
  });

  test('has the files that its package.json names', () => {
    const { bin, exports } = JSON.parse(text('package.json'));
    const named = [bin, exports].flatMap(function values(value): string[] {
      return typeof value === 'string' ? [value] : Object.values(value).flatMap(values);
    });
    assert.ok(named.length >= 6);
    for (const file of named) assert.ok(files.includes(file.replace(/^\.\//, '')), file);
  });

  test('has the pages and the files that the README links to', () => {
    const links = [...text('README.md').matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)].map(([, target = '']) => target);
    const relative = links.filter((target) => !/^[a-z]+:/.test(target));
    assert.ok(relative.length > 20);
    for (const target of relative) assert.ok(existsSync(join(directory, 'package', target)), target);
  });

  test('has pages whose links lead to each other, apart from those into the sources', () => {
    const sources = /^(?:bench|demo|scripts|src|test)\/|^Dockerfile$/;
    for (const page of files.filter((file) => file.startsWith('docs/') && file.endsWith('.md'))) {
      for (const [, target = ''] of text(page).matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)) {
        const path = join(dirname(page), target);
        if (/^[a-z]+:/.test(target) || sources.test(path)) continue;
        assert.ok(existsSync(join(directory, 'package', path)), `${page} links ${target}`);
      }
    }
  });

  test('has commands that work', () => {
    tryCommands(directory, (...args) =>
      runProgram(process.execPath, [join(directory, 'package/dist/main.js'), ...args], { cwd: directory }),
    );
  });
});
