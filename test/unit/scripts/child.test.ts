import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { startChild, waitFor } from '../../../scripts/support/child.ts';

function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  // A zombie has ended, whether or not somebody asked for its result.
  return state !== '' && !state.startsWith('Z');
}

test('a child that ends too early is reported with its last output', async () => {
  const child = startChild('talker', 'sh', ['-c', 'echo out; echo err >&2; exit 3']);
  await assert.rejects(
    waitFor(child, 'readiness', () => undefined),
    (error: Error) =>
      /^talker ended \(3\) before readiness/.test(error.message) &&
      /out/.test(error.message) &&
      /err/.test(error.message),
  );
});

test('a program that is not there is reported', async () => {
  const child = startChild('nothing', '/nowhere/program', []);
  assert.equal(await child.exited, 127);
  assert.match(child.output(), /cannot run \/nowhere\/program: .*ENOENT/);
  assert.equal(await child.stop(), 127);
});

test('a child that ignores the signal is killed', async () => {
  const child = startChild('stubborn', 'sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done']);
  await waitFor(child, 'up', () => (child.output() === 'up' ? true : undefined));
  assert.equal(await child.stop(100), 'SIGKILL');
  assert.equal(child.running, false);
});

test('what a child started ends with it', async () => {
  const child = startChild('parent', 'sh', ['-c', 'sleep 600 & echo $!; wait']);
  const grandchild = await waitFor(child, 'pid', () => Number(child.output()) || undefined);
  assert.equal(isRunning(grandchild), true);
  await child.stop();
  // The signal is sent by then, and takes a moment to work.
  for (let turn = 0; turn < 100 && isRunning(grandchild); turn++) await new Promise((done) => setTimeout(done, 20));
  assert.equal(isRunning(grandchild), false);
});

test('only the last lines are kept', async () => {
  const child = startChild('seq', 'seq', ['1', '1000'], { keepLines: 3 });
  await child.exited;
  assert.equal(child.output(), '998\n999\n1000');
});
