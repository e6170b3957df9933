import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processTree, processUsage } from '../../../bench/measure/process-usage.ts';
import { startChild, waitFor } from '../../../scripts/support/child.ts';

test('cpu of a process counts what its threads did', async (context) => {
  // Two threads that each use a tenth of a second of CPU, and then wait.
  const script = `
    const { Worker, isMainThread, parentPort } = require('node:worker_threads');
    const start = process.threadCpuUsage();
    for (let used = 0; used < 1e5; ) {
      const { user, system } = process.threadCpuUsage(start);
      used = user + system;
    }
    setInterval(() => {}, 1e6);
    if (isMainThread) new Worker(process.argv[1], { eval: true }).on('message', () => console.log('done'));
    else parentPort.postMessage('done');`;
  const child = startChild('burner', process.execPath, ['-e', 'eval(process.argv[1])', script]);
  context.after(() => child.stop(0));
  await waitFor(child, 'done', () => (child.output().includes('done') ? true : undefined));
  const { cpuMicros, rssMiB } = processUsage(child.pid);
  assert.ok(cpuMicros >= 2e5, `${cpuMicros} µs`);
  assert.ok(rssMiB > 10, `${rssMiB} MiB`);
});

test('the tree of a process has its children and theirs', async (context) => {
  const child = startChild('parent', 'sh', ['-c', 'sh -c "sleep 600 & echo up; wait" & wait']);
  context.after(() => child.stop(0));
  await waitFor(child, 'up', () => (child.output().includes('up') ? true : undefined));
  const tree = processTree(child.pid);
  assert.equal(tree[0], child.pid);
  assert.equal(tree.length, 3);
});
