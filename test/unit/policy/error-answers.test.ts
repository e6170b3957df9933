// What a caller gets where a transaction fails, by the API's response templates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFailure, timeoutFailure } from '../../../src/policy/index.ts';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

const functions = { broken: () => ({ functionError: 'Unhandled' }) };
const failing = (templates: object) => ({
  apis: {
    default: {
      request: [
        step('ok', { payload: 'gold', variables: [{ name: 'tier', value: '{#lambdaResponse.content}' }] }),
        step('broken'),
      ],
      responseTemplates: templates,
    },
  },
});

test('a template sees the error, its parameters, the request and what steps stored', async () => {
  const body =
    "{#error.key} {#error.statusCode} {#parameters['function']} {#error.parameters['error']} {#request.path} {#context.attributes['tier']}";
  const templates = {
    AWS_LAMBDA_INVALID_RESPONSE: {
      '*/*': { status: 502, body, headers: { 'cache-control': 'no-store', 'x-key': '{#error.key}' } },
    },
  };
  const { status, headers, body: text } = answerOf(await policyRun(failing(templates), { functions }).request());
  assert.equal(status, 502);
  assert.equal(text, 'AWS_LAMBDA_INVALID_RESPONSE 500 broken Unhandled /a gold');
  assert.deepEqual(headers, {
    'cache-control': 'no-store',
    'x-key': 'AWS_LAMBDA_INVALID_RESPONSE',
    'content-type': 'text/plain',
  });
});

test('Accept chooses the template, and DEFAULT serves keys without one', async () => {
  const templates = {
    DEFAULT: {
      'application/json': { status: 503, body: '{"key":"{#error.key}"}' },
      'text/html': { status: 504, body: '<p>' },
    },
  };
  const run = policyRun(failing(templates), { functions, headers: { accept: 'text/html;q=0.5, application/json' } });
  const { status, headers, body } = answerOf(await run.request());
  assert.deepEqual(
    [status, headers, body],
    [503, { 'content-type': 'application/json' }, '{"key":"AWS_LAMBDA_INVALID_RESPONSE"}'],
  );
});

test('a template that fails is logged, and the default body is sent', async () => {
  const templates = { DEFAULT: { '*/*': { status: 299, body: '{#context.attributes.nothing.at.all}' } } };
  const run = policyRun(failing(templates), { functions, headers: { accept: 'application/json' } });
  const { status, body } = answerOf(await run.request());
  assert.equal(status, 500);
  assert.deepEqual(JSON.parse(body ?? ''), {
    message: 'An error occurs while invoking lambda function.',
    http_status_code: 500,
  });
  assert.deepEqual(
    run.log.filter(({ level }) => level === 50).map(({ msg }) => msg),
    ['request failed', 'response template failed, default body sent'],
  );
});

test('a failure is logged once, with its key and its reason', async () => {
  const run = policyRun(failing({}), { functions });
  await run.request();
  const lines = run.log.filter(({ msg }) => msg === 'request failed');
  assert.deepEqual(
    lines.map(({ level, api, key }) => ({ level, api, key })),
    [{ level: 50, api: 'default', key: 'AWS_LAMBDA_INVALID_RESPONSE' }],
  );
  assert.match(JSON.stringify(lines), /the function failed: Unhandled/);
});

test('a step that would answer after the deadline is named in the log, with its own status for a timeout', async () => {
  const run = policyRun({
    apis: { default: { request: [step('slow', { errorStatus: { timeout: 504 } }, { name: 'enrich' })] } },
  });
  await run.request();
  const answer = answerFailure(run.transaction, timeoutFailure(run.transaction));
  assert.deepEqual([answer.status, answer.errorKey], [504, 'AWS_LAMBDA_INVALID_RESPONSE']);
  assert.match(String(answer.body), /Details: \[Timeout\]$/);
  assert.match(JSON.stringify(run.log), /policy enrich would answer after Envoy's message timeout/);
});

test("a large answer of a template is taken of the request's room; without any the default body is sent", async () => {
  const templates = (body: string) => ({ DEFAULT: { '*/*': { status: 502, body, headers: { 'x-e': 'e' } } } });
  const answer = async (body: string, room: number) => {
    const memory = new CountedMemory(room);
    const run = policyRun(failing(templates(body)), { functions, memory });
    const { status, body: text } = answerOf(await run.request());
    return { status, length: text?.length ?? 0, taken: memory.taken };
  };
  const large = '{#request.path.repeat(50000)}';
  const { status, length, taken } = await answer(large, 1_000_000);
  assert.deepEqual([status, length], [502, 100_000]);
  assert.ok(taken >= 100_000, `${taken} taken`);
  const refused = await answer(large, 50_000);
  assert.equal(refused.status, 500);
  assert.ok(refused.length < 1_000 && refused.taken < 50_000, JSON.stringify(refused));
  // A full process must still be able to tell of it.
  assert.deepEqual((await answer('full', 10)).status, 502);
});
