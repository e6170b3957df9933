// A sample of what `npm run test:long` plays a million times (sequences.long.ts).
import { test } from 'node:test';
import { playSequences } from './sequences.ts';

const count = Number(process.env.SEQUENCES ?? 60_000);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

test(`every reply has a place at Envoy, and every exchange ends as the rules say (${count} sequences, seed ${seed})`, (t) => {
  for (const [name, found] of playSequences(count, seed)) t.diagnostic(`${name}: ${found}`);
});
