// What tests of policies say of authorizers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { differing, runFiles } from '../../support/policy-tests.ts';

const POLICY = {
  principalId: 'ada',
  policyDocument: {
    Statement: [
      { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*/DELETE/*' },
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*/orders/*' },
    ],
  },
  context: { tier: 'gold', level: 3 },
};
const guard = (authorizer: object) => ({ name: 'who', authorizer, configuration: { function: 'authorize' } });
const document = { apis: { default: { request: [guard({ type: 'TOKEN' })] } } };
const given = (path: string, method = 'GET') => ({
  request: { path, method, headers: { authorization: 'Bearer x' } },
  functions: { authorize: { result: POLICY } },
});
const judged = (authorizer: object) => ({ calls: [{ function: 'authorize', authorizer }] });

const cases: readonly (readonly [string, object, object, ...string[]])[] = [
  ['the statement that allows', given('/orders/7'), { allows: true, statement: 2, principalId: 'ada' }],
  ['a part of the context', given('/orders/7'), { context: { tier: 'gold' } }],
  ['the statement that denies', given('/orders/7', 'DELETE'), { allows: false, statement: 1 }],
  ['that none allows', given('/users/7'), { allows: false, statement: null }],
  ['another statement', given('/orders/7'), { statement: 1 }, 'calls.0.authorizer.statement'],
  ['another verdict', given('/users/7'), { allows: true }, 'calls.0.authorizer.allows'],
  ['another context', given('/orders/7'), { context: { tier: 'tin' } }, 'calls.0.authorizer.context.tier'],
];

describe('a test of an authorizer', () => {
  for (const [name, scene, authorizer, ...labels] of cases) {
    test(`${labels.length === 0 ? 'is met' : 'is not met'}: ${name}`, async () => {
      assert.deepEqual(await differing(document, { ...scene, expect: judged(authorizer) }), labels);
    });
  }

  test('of a step that is not valid is not met', async () => {
    const plain = { apis: { default: { request: [{ configuration: { function: 'authorize' } }] } } };
    const found = await differing(plain, { ...given('/orders/7'), expect: judged({ allows: true }) });
    assert.deepEqual(found, ['calls.0.authorizer']);
  });
});

test('coverage names authorizers that never denied, never let in, and never failed', async () => {
  const missed = async (...paths: readonly string[]) => {
    const tests = paths.map((path, i) => ({ name: `t${i}`, ...given(path), expect: { calls: ['authorize'] } }));
    const { coverage } = await runFiles({
      'policies.yaml': JSON.stringify({ version: 1, ...document }),
      't.yaml': { policies: 'policies.yaml', tests },
    });
    return coverage.get('policies.yaml')?.missed.map(({ missing }) => missing);
  };
  assert.deepEqual(await missed('/orders/7'), ['the authorizer never denied a request', 'never failed']);
  assert.deepEqual(await missed('/users/7'), ['the authorizer never allowed a request', 'never failed']);
  assert.deepEqual(await missed('/users/7', '/orders/7'), ['never failed']);
});
