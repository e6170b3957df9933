import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

/** Keeps a window of short lists alive in many turns of the event loop, and prints how large the young space got. */
const script = `
  import { getHeapSpaceStatistics } from 'node:v8';
  if (process.argv[1] === 'tuned') (await import(${JSON.stringify(new URL('../../../src/commands/heap.ts', import.meta.url).href)})).tuneHeap();
  let largest = 0;
  const window = new Array(20_000);
  for (let i = 0; i < 4_000_000; i++) {
    window[i % window.length] = [i, i, i, i, i, i, i, i];
    if (i % 2_000 !== 0) continue;
    await new Promise(setImmediate);
    const { space_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    largest = Math.max(largest, space_size);
  }
  console.log(largest / 1024 ** 2);
`;

test('the space for young objects stops growing early', () => {
  // V8's own limit depends on the machine's memory.
  const largest = (mode: string) =>
    Number(
      execFileSync(process.execPath, ['--max-semi-space-size=64', '--input-type=module', '--eval', script, mode], {
        encoding: 'utf8',
      }),
    );
  assert.ok(largest('tuned') <= 32);
  assert.ok(largest('plain') > 32, 'V8 bounds it by itself: tuneHeap is not needed any more');
});
