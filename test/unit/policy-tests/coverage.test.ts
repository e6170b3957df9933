// What tests saw of a document, and what none of them reached.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../../src/config/index.ts';
import { runFiles } from '../../support/policy-tests.ts';

const policies = `version: 1
responseTemplates:
  DEFAULT:
    "*/*": {status: 500}
apis:
  orders:
    responseTemplates:
      AWS_LAMBDA_INVALID_RESPONSE:
        application/json: {status: 502}
    request:
      - name: off
        enabled: false
        configuration: {function: off}
      - name: guard
        condition: "{#request.method == 'POST'}"
        configuration:
          function: guard
          sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.deny')}"
      - onError: continue
        configuration: {function: second}
`;

async function missed(tests: readonly object[]): Promise<readonly string[]> {
  const { coverage, files } = await runFiles({
    'policies.yaml': policies,
    't.yaml': { policies: './policies.yaml', defaults: { api: 'orders' }, tests },
  });
  for (const { name, problem, mismatches } of files.flatMap((file) => file.results)) {
    assert.deepEqual([problem, mismatches], [undefined, []], name);
  }
  const report = coverage.get('policies.yaml');
  assert.equal(Number(report?.covered) + Number(report?.missed.length), 10);
  return (report?.missed ?? []).map(({ line, path, step, missing }) => `${line} ${path} ${step ?? '-'}: ${missing}`);
}

const everything = [
  '4 responseTemplates.DEFAULT["*/*"] -: this response template was never used',
  '9 apis.orders.responseTemplates.AWS_LAMBDA_INVALID_RESPONSE["application/json"] -: this response template was never used',
  '14 apis.orders.request.1 guard: never called its function',
  '14 apis.orders.request.1 guard: its condition was never true',
  '14 apis.orders.request.1 guard: its condition was never false',
  '14 apis.orders.request.1 guard: sendToConsumer was never true',
  '14 apis.orders.request.1 guard: sendToConsumer was never false',
  '14 apis.orders.request.1 guard: never failed',
  '19 apis.orders.request.2 second-2: never called its function',
  '19 apis.orders.request.2 second-2: never failed',
];
const without = (...seen: readonly number[]): readonly string[] => everything.filter((_, i) => !seen.includes(i));
const functions = { guard: { result: { deny: false } }, second: { result: 1 } };
const expect = { error: null };

test('a step that is skipped shows its condition alone', async () => {
  assert.deepEqual(await missed([{ name: 'a', functions, expect }]), without(4, 8));
});

test('a step that is run shows its call and the way it went', async () => {
  const post = { method: 'POST' };
  assert.deepEqual(await missed([{ name: 'a', request: post, functions, expect }]), without(2, 3, 6, 8));
  const denying = { ...functions, guard: { result: { deny: true } } };
  assert.deepEqual(await missed([{ name: 'a', request: post, functions: denying, expect }]), without(2, 3, 5, 8));
});

test('a failure shows the branch and the template, and one of onError: continue no template', async () => {
  const failing = { ...functions, guard: { functionError: 'Unhandled' } };
  const request = { method: 'POST', headers: { accept: 'application/json' } };
  const error = 'AWS_LAMBDA_INVALID_RESPONSE';
  assert.deepEqual(await missed([{ name: 'a', request, functions: failing, expect: { error } }]), without(1, 2, 3, 7));
  const going = { ...functions, second: { error: 'ServiceException' } };
  assert.deepEqual(await missed([{ name: 'a', functions: going, expect }]), without(4, 8, 9));
});

test('a template of the document counts for every API that has none of its own', async () => {
  const request = { method: 'POST', bodyBase64: 'AAEC', headers: { 'content-encoding': 'nonsense' } };
  const limited = [{ name: 'a', route: 'nowhere', request, expect: { error: 'LAMBDA_EXT_PROC_UNMATCHED' } }];
  assert.deepEqual(await missed(limited), without(0));
});

test('files that test one document share its coverage', async () => {
  const file = (request: object): object => ({
    policies: 'policies.yaml',
    tests: [{ name: 'a', api: 'orders', request, functions, expect }],
  });
  const { coverage } = await runFiles(
    { 'policies.yaml': policies, 't.yaml': file({}), 'u.yaml': file({ method: 'POST' }) },
    ['t.yaml', 'u.yaml'],
  );
  assert.deepEqual([...coverage.keys()], ['policies.yaml']);
  const report = coverage.get('policies.yaml');
  assert.deepEqual([report?.covered, report?.total], [5, 10]);
});

test('the documents of v2 scopes have their steps in their own places', async () => {
  const document = `version: 1
apis:
  a:
    pre:
      - {name: late, configuration: {function: f, scope: REQUEST_CONTENT}}
      - {name: early, configuration: {function: f, scope: REQUEST}}
`;
  assert.deepEqual(
    loadPolicies(document, 'p.yaml')
      .set.byName('a')
      ?.request.map(({ name }) => name),
    ['early', 'late'],
  );
  const { coverage } = await runFiles({
    'policies.yaml': document,
    't.yaml': { policies: 'policies.yaml', tests: [{ name: 'a', api: 'a', functions: { f: { result: 1 } }, expect }] },
  });
  const places = coverage.get('policies.yaml')?.missed.map(({ line, path, step }) => `${line} ${path} ${step}`);
  assert.deepEqual(places, ['5 apis.a.pre.0 late', '6 apis.a.pre.1 early']);
});

test('a condition that cannot be evaluated was neither true nor false', async () => {
  const document = `version: 1
apis:
  a:
    request: [{name: s, condition: "{#jsonPath(#request.content, '$.go')}", configuration: {function: f}}]
`;
  const { coverage } = await runFiles({
    'policies.yaml': `${document}envoy: {allowModeOverride: true}\n`,
    't.yaml': {
      policies: 'policies.yaml',
      tests: [{ name: 'a', api: 'a', request: { body: { go: 'perhaps' } }, expect: { calls: [] } }],
    },
  });
  const missed = coverage.get('policies.yaml')?.missed.map(({ missing }) => missing);
  assert.deepEqual(missed, [
    'never called its function',
    'its condition was never true',
    'its condition was never false',
    'never failed',
  ]);
});
