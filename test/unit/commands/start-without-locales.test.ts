import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

// The first use of locale data takes 20 MB of a process's memory for good (measured with Node 24).
const script = `
  const forbid = (name) => () => { throw new Error(name + ' while modules are loaded'); };
  Number.prototype.toLocaleString = forbid('toLocaleString');
  Date.prototype.toLocaleString = forbid('toLocaleString');
  String.prototype.localeCompare = forbid('localeCompare');
  for (const name of Object.getOwnPropertyNames(Intl)) Intl[name] = forbid('Intl.' + name);
  for (const module of process.argv.slice(1)) await import(module);
  (0.5).toLocaleString();
`;

test('no module of the server uses locale data when it is loaded', () => {
  const modules = ['serve', 'serve-alone', 'serve-worker', 'serve-supervised'].map(
    (name) => new URL(`../../../src/commands/${name}.ts`, import.meta.url).href,
  );
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, ...modules], {
    encoding: 'utf8',
  });
  // The last line of the script proves that the trap is set, and that everything before it was loaded.
  assert.match(stderr, /toLocaleString while modules are loaded/);
  assert.match(stderr, /\[eval\d*\]:\d+/);
  assert.doesNotMatch(stderr, /\/src\//);
});
