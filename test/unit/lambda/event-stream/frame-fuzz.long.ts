import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzFrames } from './frame-fuzz.ts';

const FRAMES = 100_000;
/** Of the process, frames and all: far below what one believed length would take. */
const MAX_GROWTH = 200 * 1024 * 1024;

test(`in ${FRAMES} random frames the decoder sees what the codec of the SDK sees`, (context) => {
  const seed = Number(process.env.FRAME_SEED ?? Date.now() % 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  const before = process.memoryUsage().rss;
  let most = before;
  const seen = new Map<string, number>();
  for (let batch = 0; batch < FRAMES / 1_000; batch++) {
    const { classes } = fuzzFrames(1_000, seed + batch);
    for (const [name, times] of classes) seen.set(name, (seen.get(name) ?? 0) + times);
    most = Math.max(most, process.memoryUsage().rss);
  }
  for (const [name, times] of [...seen].sort()) context.diagnostic(`${name}: ${times}`);
  context.diagnostic(`RSS grew by ${Math.round((most - before) / 1024 / 1024)} MB at most`);
  assert.ok(most - before < MAX_GROWTH);
});
