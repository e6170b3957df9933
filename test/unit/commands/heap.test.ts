import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HEAP_FLAGS } from '../../../src/commands/heap.ts';
import { NODE_FLAGS } from '../../../src/commands/node-flags.ts';

/** Keeps a window of short lists alive in many turns of the event loop, and prints how large the young space got. */
const script = `
  import { getHeapSpaceStatistics } from 'node:v8';
  const heap = ${JSON.stringify(new URL('../../../src/commands/heap.ts', import.meta.url).href)};
  if (process.argv[1] === 'tuned') (await import(heap)).tuneHeap();
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

test('the space for young objects stops growing early, whether the flags came at the start or late', () => {
  // V8's own limit depends on the machine's memory.
  const largest = (mode: string, ...flags: readonly string[]) =>
    Number(
      execFileSync(
        process.execPath,
        ['--max-semi-space-size=64', ...flags, '--input-type=module', '--eval', script, mode],
        { encoding: 'utf8' },
      ),
    );
  assert.ok(largest('tuned') <= 32);
  assert.ok(largest('tuned', ...HEAP_FLAGS) <= 16);
  assert.ok(largest('plain') > 32, 'V8 bounds it by itself: tuneHeap is not needed any more');
});

test('the image starts with the flags, and its compiled code is made with them', () => {
  const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  const joined = dockerfile.replaceAll('\\\n', '');
  const entrypoint = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(joined)?.[1] ?? 'null') as string[];
  const node = '/nodejs/bin/node';
  assert.deepEqual(entrypoint, [node, ...NODE_FLAGS, '/app/dist/main.js', 'serve']);
  const fill = JSON.parse(/^RUN --mount=\S+ (\[.*)$/m.exec(joined)?.[1] ?? 'null') as string[];
  assert.deepEqual(fill, [node, '/build/fill-compile-cache.mjs', ...NODE_FLAGS]);
});
