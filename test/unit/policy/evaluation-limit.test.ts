import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyRun } from '../../support/policy-run.ts';

/** Some 100,000 steps: far more than a millisecond of CPU time on any machine. */
const numbers = `{${Array.from({ length: 300 }, (_, index) => index).join(',')}}`;
const costly = `(${numbers}.![${numbers}.![#this * 2].size()].size())`;

function document(step: object, more: object = {}): object {
  return { apis: { default: { request: [{ name: 'one', configuration: { function: 'f', ...step }, ...more }] } } };
}

test('expressions that take more CPU time than limits.evaluationMs fail the request with a key of their own', async () => {
  for (const step of [
    { payload: `{${costly}}` },
    { qualifier: `{${costly}}` },
    { variables: [{ name: 'v', value: `{${costly}}` }] },
    { sendToConsumer: `{${costly} > 0}` },
    { mutations: { headers: { set: { x: `{${costly}}` } } } },
    { sendToConsumer: true, answer: { body: `{${costly}}` } },
  ]) {
    const run = policyRun(document(step), { evaluationMs: 1 });
    const outcome = await run.request('');
    assert.ok(outcome.kind === 'answer', JSON.stringify(step).slice(0, 80));
    assert.equal(outcome.answer.errorKey, 'LAMBDA_EXT_PROC_EVALUATION_LIMIT');
    assert.equal(outcome.answer.status, 500);
    assert.deepEqual(run.reached, ['evaluation']);
  }
});

test('all expressions of a request take from one limit', async () => {
  const step = (name: string) => ({
    name,
    onError: 'continue',
    configuration: { function: name, payload: `{${costly}}` },
  });
  const names = Array.from({ length: 50 }, (_, index) => `f${index}`);
  const run = policyRun({ apis: { default: { request: names.map(step) } } }, { evaluationMs: 20 });
  const { user, system } = process.threadCpuUsage();
  await run.request('');
  const after = process.threadCpuUsage();
  const spent = (after.user + after.system - user - system) / 1000;
  assert.ok(run.reached.length > 0, 'the limit was never reached');
  assert.ok(run.calls.length + run.reached.length === names.length);
  // Fifty times the limit would be a second; what is left is the first evaluation's own, and the way through the policies.
  assert.ok(spent < 500, `${spent} ms`);
});

test('a condition that reaches the limit never skips its policy', async () => {
  const run = policyRun(document({}, { condition: `{${costly} > 0}`, onConditionError: 'skip' }), { evaluationMs: 1 });
  const outcome = await run.request('');
  assert.ok(outcome.kind === 'answer');
  assert.equal(outcome.answer.errorKey, 'LAMBDA_EXT_PROC_EVALUATION_LIMIT');
  assert.deepEqual(run.calls, []);
});

test('a condition that uses up its steps never skips its policy either', async () => {
  const steps = `(${numbers}.![${numbers}.![${numbers}.![#this * 2].size()].size()].size()) > 0`;
  for (const onConditionError of ['skip', 'fail']) {
    const run = policyRun(document({}, { condition: `{${steps}}`, onConditionError }), { evaluationMs: 1_000_000 });
    const outcome = await run.request('');
    assert.ok(outcome.kind === 'answer');
    assert.equal(outcome.answer.errorKey, 'LAMBDA_EXT_PROC_EVALUATION_LIMIT');
    assert.deepEqual(run.calls, []);
  }
});

test('small expressions continue after the limit, so that an error has its text', async () => {
  const run = policyRun(
    {
      responseTemplates: { DEFAULT: { '*/*': { status: 502, body: '{#error.key}' } } },
      ...document({ payload: `{${costly}}` }),
    },
    { evaluationMs: 1 },
  );
  const outcome = await run.request('');
  assert.ok(outcome.kind === 'answer');
  assert.equal(String(outcome.answer.body), 'LAMBDA_EXT_PROC_EVALUATION_LIMIT');
});
