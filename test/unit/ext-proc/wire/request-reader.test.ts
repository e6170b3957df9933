// The project's own reader of ProcessingRequest against protobufjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMetadata, compareReaders, WANTED } from './request-reader.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

test(`3,000 messages mean what protobufjs makes of them, seed ${seed}`, (t) => {
  const seen = compareReaders(seed, 3_000);
  t.diagnostic([...seen].map(([what, times]) => `${what}: ${times}`).join(', '));
  assert.deepEqual(
    WANTED.filter((what) => !seen.has(what)),
    [],
    'never came up',
  );
});

test(`metadata of 1,000 messages are read as protobufjs reads them, seed ${seed}`, (t) => {
  const seen = compareMetadata(seed, 1_000);
  t.diagnostic([...seen].map(([what, times]) => `${what}: ${times}`).join(', '));
});
