import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePolicies } from '../../../support/iam-policies.ts';

test('2,000 generated policies are judged as an evaluator by the documentation judges them', (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const verdicts = comparePolicies(seed, 2_000);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(Object.fromEntries(verdicts))}`);
  assert.equal(verdicts.size, 3);
  for (const count of verdicts.values()) assert.ok(count > 100);
});
