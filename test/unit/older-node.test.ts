// `node dist/main.js` and `npx lambda-ext-proc` in a checkout, on whatever Node the machine has.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

const NEEDS_NODE =
  'lambda-ext-proc: needs Node 24 or later, this is Node 20.20.2; one that is installed beside it is used by itself: ' +
  '`npm run setup` in a checkout, `npm install node@24` in a project\n';

/** A Node of the machine that is too old for the program; undefined: it has none. */
function olderNode(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.includes('node_modules'));
  return places
    .map((place) => join(place, 'node'))
    .find((node) => /^v(?:1[89]|2[0-3])\./.test(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? ''));
}

test('an older Node hands a command over to the one of the checkout, with its output, exit code and signals', async (t) => {
  const node = olderNode();
  if (node === undefined) return t.skip('this machine has no older Node');
  const run = (...args: string[]) => spawnSync(node, ['dist/main.js', ...args], { cwd: root, encoding: 'utf8' });
  assert.deepEqual([run('eval', '{(1 + 1)}').stdout, run('eval', '{#none}').status, run('serv').status], ['2\n', 3, 2]);
  const directory = mkdtempSync(join(tmpdir(), 'older-node-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const listen = join(directory, '0.sock');
  const args = ['dist/main.js', 'serve', '--inline-functions', 'f', '--listen', `unix:${listen}`, '--admin', 'off'];
  const child = spawn(node, [...args, '--warm-up', '0', '--drain-grace', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"msg":"ready"')) child.kill('SIGTERM');
  }
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(code, 0);
});

test('the checkout has the command for npx', () => {
  const { PATH = '' } = process.env;
  const env = {
    ...process.env,
    PATH: PATH.split(delimiter)
      .filter((place) => !place.includes('node_modules'))
      .join(delimiter),
  };
  const args = ['--no-install', 'lambda-ext-proc', 'eval', '{(1 + 1)}'];
  const { stdout, stderr } = spawnSync('npx', args, { cwd: root, encoding: 'utf8', env });
  assert.equal(stdout, '2\n', stderr);
});

test('an older Node is told which one is needed, and nothing else happens', async () => {
  const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  // An older Node cannot link the modules that do the work: none of them may be loaded before.
  const older = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        const folder = found.url.match(/\\/src\\/(\\w[\\w-]*)\\//)?.[1];
        if (folder !== undefined && folder !== 'commands') throw new Error(found.url + ' is loaded');
        return found;
      },
    });
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, program, '--version'];
  await assert.rejects(promisify(execFile)(process.execPath, args), {
    code: 1,
    stdout: '',
    stderr: NEEDS_NODE,
  });
});
