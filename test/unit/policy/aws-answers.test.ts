// What a transaction makes of results in AWS's shapes: what expressions see, what the caller gets, what is logged and counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, type PolicyRunOptions, policyRun, step } from '../../support/policy-run.ts';

const formats = ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'function-url', 'alb'];

/** A request step of a function that answers this. */
function requestRun(configuration: object, result: unknown, options: PolicyRunOptions = {}, outer: object = {}) {
  const text = typeof result === 'string' ? result : JSON.stringify(result);
  return policyRun(
    { apis: { default: { request: [step('f', configuration, outer)] } } },
    { functions: { f: () => text }, ...options },
  );
}

const seen = {
  variables: [
    { name: 'status', value: '{#lambdaResponse.status}' },
    { name: 'tier', value: "{#lambdaResponse.headers['X-Tier'][0]}" },
    { name: 'content', value: '{#lambdaResponse.content}' },
  ],
};
const answer = { statusCode: 403, headers: { 'x-tier': 'gold' }, isBase64Encoded: true, body: 'bm8=' };

test('with or without sendToConsumer expressions see the decoded answer', async () => {
  for (const responseFormat of formats) {
    for (const sendToConsumer of [true, false]) {
      const run = requestRun({ payload: 'p', responseFormat, sendToConsumer, ...seen }, answer);
      const outcome = await run.request();
      assert.deepEqual(Object.fromEntries(run.transaction.attributes), { status: '403', tier: 'gold', content: 'no' });
      assert.equal(outcome.kind, sendToConsumer ? 'answer' : 'continue');
    }
  }
});

test('raw shows the status of the Invoke API, the type of results, and the bytes', async () => {
  const run = requestRun({ payload: 'p', variables: seen.variables.filter(({ name }) => name !== 'tier') }, answer);
  await run.request();
  assert.equal(run.transaction.attributes.get('status'), '200');
  assert.equal(run.transaction.attributes.get('content'), JSON.stringify(answer));
  assert.deepEqual(run.transaction.lambdaResponse?.headers.values('content-type'), ['application/json']);
});

test('a response format without a request format: the payload is raw, and in the response phase too', async () => {
  const document = {
    apis: { default: { response: [step('f', { payload: 'p', responseFormat: 'alb', sendToConsumer: true })] } },
  };
  const result = JSON.stringify({ statusCode: 201, headers: { etag: '"new"' }, body: 'b' });
  const run = policyRun(document, { functions: { f: () => result } });
  await run.request();
  await run.response(200, { etag: '"old"', 'x-backend': '1' }, 'backend');
  const { response } = run.transaction;
  assert.equal(String(run.invocations[0]?.payload), 'p');
  assert.deepEqual([response?.status, String(response?.replacement)], [201, 'b']);
  assert.deepEqual(response?.headers.values('etag'), ['"new"']);
  assert.deepEqual(response?.headers.values('x-backend'), ['1']);
});

test('a malformed result has its key, is counted and logged, and nothing of it reaches the caller', async () => {
  for (const responseFormat of formats) {
    for (const [more, key, status, details] of [
      [{ statusCode: 999 }, 'AWS_LAMBDA_INVALID_STATUS_CODE', 400, /statusCode is not an integer from 200 to 599/],
      [{ headers: { 's3cret name': 'x' } }, 'AWS_LAMBDA_INVALID_RESPONSE', 500, /headers has a name that is not valid/],
      [{ isBase64Encoded: 's3cret' }, 'AWS_LAMBDA_INVALID_RESPONSE', 500, /isBase64Encoded is neither true nor false/],
    ] as const) {
      const result = { statusCode: 200, headers: { 'x-a': 's3cret' }, cookies: ['s3cret=1'], body: 's3cret', ...more };
      const run = requestRun({ payload: 'p', responseFormat, sendToConsumer: true, ...seen }, result);
      const caught = answerOf(await run.request());
      assert.deepEqual([caught.status, caught.errorKey], [status, key]);
      assert.match(caught.body ?? '', details);
      assert.doesNotMatch(JSON.stringify(caught), /s3cret/);
      assert.equal(run.transaction.lambdaResponse, undefined);
      assert.deepEqual(
        run.counted.map((labels) => labels.key),
        [key],
      );
    }
  }
});

test('SAM #522, #2590, fakecloud #2413, floci #3153: a function error is its key, whatever its bytes look like', async () => {
  for (const responseFormat of formats) {
    const payload = Buffer.from('{"statusCode":200,"body":"s3cret"}');
    const run = requestRun({ payload: 'p', responseFormat, sendToConsumer: true }, '', {
      functions: { f: () => ({ payload, functionError: 'Unhandled' }) },
    });
    const caught = answerOf(await run.request());
    assert.deepEqual([caught.status, caught.errorKey], [500, 'AWS_LAMBDA_INVALID_RESPONSE']);
    assert.doesNotMatch(JSON.stringify(caught), /s3cret/);
  }
});

test('onError: continue continues without the malformed answer', async () => {
  const configuration = { payload: 'p', responseFormat: 'alb', mutations: { headers: { set: { 'x-a': 'a' } } } };
  const run = requestRun(configuration, '{}', { headers: { 'x-a': 'forged' } }, { onError: 'continue' });
  assert.equal((await run.request()).kind, 'continue');
  assert.equal(run.transaction.request?.headers.values('x-a'), undefined);
});

test('an answer for which there is no room is a 503, counted as an invocation', async () => {
  const memory = new CountedMemory(10_000);
  const configuration = { payload: 'p', responseFormat: 'api-gateway-v2', sendToConsumer: true };
  const run = requestRun(configuration, { statusCode: 200, body: 'b'.repeat(20_000) }, { memory });
  const caught = answerOf(await run.request());
  assert.deepEqual([caught.status, caught.errorKey], [503, 'LAMBDA_EXT_PROC_OVERLOADED']);
  assert.equal(run.counted.length, 1);
});

test('what the answer holds is given back, when another takes its place and at the end', async () => {
  const memory = new CountedMemory();
  const configuration = { payload: 'p', responseFormat: 'api-gateway-v2', ...seen };
  const document = { apis: { default: { request: [step('f', configuration), step('f', configuration)] } } };
  const payload = Buffer.from(JSON.stringify({ ...answer, statusCode: 200, body: 'b'.repeat(4_000) }));
  const run = policyRun(document, {
    memory,
    functions: {
      f() {
        assert.ok(memory.take(payload.length));
        return { payload, held: payload.length };
      },
    },
  });
  await run.request();
  assert.ok(memory.taken > 3_000);
  run.transaction.letGo();
  assert.equal(memory.taken, 0);
});
