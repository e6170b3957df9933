import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { readArguments } from '../../bench/arguments.ts';
import { measureMemory, renderMemory } from '../../bench/memory.ts';
import { buildGo } from '../../bench/parts/go.ts';
import { profile } from '../../bench/profile.ts';

const go = await buildGo();
const silent = (): void => {};
const hasPerf = spawnSync('perf', ['--version']).error === undefined;

// No figure is compared with a limit: the machine may be busy.
test('the memory of a worker and of a waiting request is measured', async () => {
  const rows = await measureMemory(go, join(import.meta.dirname, '../..'), silent);
  assert.deepEqual(
    rows.map(({ benchCase }) => benchCase.name),
    ['send', 'body-1k'],
  );
  for (const { readyMiB, busyMiB, waitingKiB } of rows) {
    assert.ok(readyMiB > 0 && busyMiB > 0, `${readyMiB} MiB, ${busyMiB} MiB`);
    assert.ok(Number.isFinite(waitingKiB), `${waitingKiB} KiB`);
  }
  assert.equal(renderMemory(rows).split('\n').length, 4);
});

test('the profile names the parts of a request', { skip: hasPerf ? false : 'no perf here' }, async () => {
  const table = await profile(readArguments(['--profile']), go, silent);
  for (const part of ['undici', 'grpc-js', 'node:http2', 'own: invocation', 'write system calls'])
    assert.match(table, new RegExp(`^\\| ${part} \\| [0-9.]+ \\| [0-9.]+ % \\|$`, 'm'), table);
});
