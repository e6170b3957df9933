// The same as request-reader.test.ts, long enough to come to what is rare.
import { test } from 'node:test';
import { compareMetadata, compareReaders } from './request-reader.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

for (const compare of [compareReaders, compareMetadata]) {
  test(`200,000 messages: ${compare.name}, seed ${seed}`, (t) => {
    const seen = compare(seed, 200_000);
    t.diagnostic([...seen].map(([what, times]) => `${what}: ${times}`).join(', '));
  });
}
