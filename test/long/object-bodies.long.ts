import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHostileBodies } from '../support/hostile-body-check.ts';

test('10,000 object bodies with a caller’s hostile texts at every leaf are valid JSON with the same values', (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const classes = checkHostileBodies(seed, 10_000);
  t.diagnostic(`seed ${seed}`);
  for (const [name, count] of classes) t.diagnostic(`${name}: ${count}`);
  assert.equal(classes.size, 21);
});
