import { test } from 'node:test';
import { holdPolicies } from '../../../support/iam-policies.ts';

test('200,000 generated policies are judged as an evaluator by the documentation judges them', (t) => {
  holdPolicies(t, 200_000);
});
