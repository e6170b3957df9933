// sendToConsumer in both phases, with no socket (docs/reference/configuration.md; the protocol's side is in test/envoy).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

const send = { sendToConsumer: true };

test('in the request phase the result is the answer, and the backend is not called', async () => {
  const run = policyRun({ apis: { default: { request: [step('app', { payload: '{"a":1}', ...send })] } } });
  assert.deepEqual(answerOf(await run.request()), {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    errorKey: undefined,
  });
});

test('it is not an interrupt: later request steps and all response steps run on the answer, and the last one wins', async () => {
  const run = policyRun({
    apis: {
      default: {
        request: [
          step('first', { payload: '1', ...send, answer: { headers: { set: { 'x-first': 'a' } } } }),
          step('between', { payload: '{#response.content}{#response.status}' }),
          step('last', { payload: '{#lambdaResponse.content}!', ...send, answer: { status: 201 } }),
        ],
        response: [
          step('view', {
            payload: '<{#response.content}>',
            mutations: { body: '{#lambdaResponse.content}', headers: { append: { 'set-cookie': ['a=1', 'b=2'] } } },
          }),
        ],
      },
    },
  });
  const outcome = await run.request();
  assert.deepEqual(run.calls, ['first', 'between', 'last', 'view']);
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual(
    { ...outcome.answer, body: String(outcome.answer.body) },
    {
      status: 201,
      headers: [
        ['content-type', 'application/json'],
        ['x-first', 'a'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
      body: '<1200!>',
      errorKey: undefined,
    },
  );
});

test('in the response phase status and body are replaced, and other headers stay', async () => {
  const run = policyRun({ apis: { default: { response: [step('app', { payload: 'new', ...send })] } } });
  await run.request();
  const outcome = await run.response(404, { 'x-backend': 'a', 'content-encoding': 'identity', etag: '1' }, 'old');
  assert.deepEqual(outcome, { kind: 'continue' });
  const { response } = run.transaction;
  assert.deepEqual([response?.status, String(response?.replacement)], [200, 'new']);
  assert.deepEqual(response?.headers.changes(), [
    { kind: 'remove', name: 'content-encoding' },
    { kind: 'set', name: 'content-type', values: ['application/json'] },
  ]);
});

test('an empty result has no content type; the status is the service answer', async () => {
  for (const [invocationType, status] of [
    ['Event', 202],
    ['DryRun', 204],
  ] as const) {
    const document = { apis: { default: { request: [step('app', { invocationType, ...send })] } } };
    const run = policyRun(document, { functions: { app: () => ({ status }) } });
    assert.deepEqual(answerOf(await run.request()), { status, headers: {}, body: '', errorKey: undefined });
  }
});

test('an expression decides after the invocation, and its error is not an answer by the Lambda', async () => {
  const decide = (payload: string) =>
    policyRun({
      apis: {
        default: {
          request: [step('app', { payload, sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.deny')}" })],
        },
      },
    }).request();
  assert.deepEqual(await decide('{"deny":false}'), { kind: 'continue' });
  assert.equal(answerOf(await decide('{"deny":true}')).body, '{"deny":true}');
  const { errorKey, body } = answerOf(await decide('{}'));
  assert.equal(errorKey, 'AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION');
  assert.match(body ?? '', /Details: \[sendToConsumer\]/);
});
