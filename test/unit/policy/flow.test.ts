// The order of things in a transaction, with no socket: what runs, what sees what, and what ends it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Secret } from '../../../src/expression/index.ts';
import { InvocationError } from '../../../src/lambda/index.ts';
import { answerOf, apiOf, policyRun, runOf, step } from '../../support/policy-run.ts';

const one = (...request: object[]) => ({ apis: { default: { request } } });
const variable = (name: string, value: string) => ({ variables: [{ name, value }] });
const goOn = { kind: 'continue' };

test('steps run in order, and each sees what the ones before left', async () => {
  const run = policyRun(
    one(
      step('first', { payload: 'a', ...variable('v', '{#lambdaResponse.content}1') }),
      step('second', { payload: "{#context.attributes['v']}2", ...variable('w', '{#lambdaResponse.content}') }),
      step('third', { payload: "{#context.attributes['w']}{#lambdaResponse.status}" }),
    ),
  );
  assert.deepEqual(await run.request(), goOn);
  assert.deepEqual(
    run.invocations.map(({ functionName, payload }) => [functionName, String(payload)]),
    [
      ['first', 'a'],
      ['second', 'a12'],
      ['third', 'a12200'],
    ],
  );
});

test('response steps see the request, its variables and the response', async () => {
  const run = policyRun({
    apis: {
      default: {
        request: [step('who', { payload: 'gold', ...variable('tier', '{#lambdaResponse.content}') })],
        response: [
          step('view', {
            payload: "{#request.method} {#response.status} {#response.content} {#context.attributes['tier']}",
            mutations: { body: '{#lambdaResponse.content}', status: 203, headers: { remove: ['x-internal'] } },
          }),
        ],
      },
    },
  });
  await run.request();
  assert.deepEqual(await run.response(200, { 'x-internal': '1' }, 'plain'), goOn);
  const { response } = run.transaction;
  assert.equal(response?.content, 'POST 200 plain gold');
  assert.equal(response?.status, 203);
  assert.deepEqual(response?.headers.changes(), [{ kind: 'remove', name: 'x-internal' }]);
});

test('a body is seen with its content-encoding undone, and one that unfolds over the limit is an answer', async () => {
  const document = one(step('echo', { payload: '{#request.content}' }));
  const small = policyRun(document, { headers: { 'content-encoding': 'gzip' }, bodyLimit: 100 });
  await small.request(gzipSync('hello'));
  assert.equal(String(small.invocations[0]?.payload), 'hello');
  const bomb = policyRun(document, { headers: { 'content-encoding': 'gzip' }, bodyLimit: 100 });
  const { status, errorKey } = answerOf(await bomb.request(gzipSync('x'.repeat(101))));
  assert.deepEqual([status, errorKey, bomb.calls], [413, 'LAMBDA_EXT_PROC_BODY_TOO_LARGE', []]);
});

test('content is null for a step of a v2 scope without body, and there for one with', async () => {
  const run = policyRun({
    apis: {
      default: {
        pre: [
          step('late', { scope: 'REQUEST_CONTENT', payload: '{#request.content == null}' }),
          step('early', { scope: 'REQUEST', payload: '{#request.content == null}' }),
        ],
      },
    },
  });
  await run.request('body');
  assert.deepEqual(
    run.invocations.map(({ functionName, payload }) => [functionName, String(payload)]),
    [
      ['early', 'true'],
      ['late', 'false'],
    ],
  );
});

test('a condition decides, and sees what earlier steps stored', async () => {
  const run = policyRun(
    one(
      step('first', { payload: 'yes', ...variable('v', '{#lambdaResponse.content}') }),
      step('taken', {}, { condition: "{#context.attributes['v'] == 'yes'}" }),
      step('left-out', {}, { condition: "{#context.attributes['v'] == 'no'}" }),
    ),
  );
  await run.request();
  assert.deepEqual(run.calls, ['first', 'taken']);
});

test('a condition that fails skips its step with a log line, or fails the request where told', async () => {
  const failing = { condition: '{#context.attributes.nothing.at.all}' };
  const skipped = policyRun(one(step('guarded', {}, failing), step('next')));
  assert.deepEqual(await skipped.request(), goOn);
  assert.deepEqual(skipped.calls, ['next']);
  assert.deepEqual(
    skipped.log.filter(({ level }) => level === 40).map(({ msg, policy }) => [msg, policy]),
    [['condition failed, policy skipped', 'guarded-1']],
  );
  const failed = policyRun(one(step('guarded', {}, { ...failing, onConditionError: 'fail' }), step('next')));
  assert.equal(answerOf(await failed.request()).errorKey, 'LAMBDA_EXT_PROC_INTERNAL');
  assert.deepEqual(failed.calls, []);
});

test('a failed invocation answers the caller and no further step runs; onError: continue continues', async () => {
  const denied = () => {
    const message = 'arn:aws:lambda:us-east-1:111111111111:function:denied';
    throw new InvocationError('service-error', { message, statusCode: 403 });
  };
  const functions = { denied };
  const ends = policyRun(one(step('denied'), step('next')), { functions });
  assert.deepEqual(answerOf(await ends.request()), {
    status: 500,
    headers: { 'content-type': 'text/plain' },
    body: 'An error occurs while invoking lambda function. Details: [Service: Lambda, Status Code: 403]',
    errorKey: 'AWS_LAMBDA_INVALID_RESPONSE',
  });
  assert.deepEqual([ends.calls, ends.transaction.errorKey], [['denied'], 'AWS_LAMBDA_INVALID_RESPONSE']);
  const goes = policyRun(one(step('denied', {}, { onError: 'continue' }), step('next')), { functions });
  assert.deepEqual(await goes.request(), goOn);
  assert.deepEqual([goes.calls, goes.transaction.errorKey], [['denied', 'next'], undefined]);
});

test('a function that ran and failed is an error, whose payload is in the log at debug only', async () => {
  for (const level of ['info', 'debug'] as const) {
    const functions = { broken: () => ({ functionError: 'Unhandled', payload: Buffer.from('{"secret":1}') }) };
    const run = policyRun(one(step('broken')), { functions, level });
    assert.equal(answerOf(await run.request()).body, 'An error occurs while invoking lambda function.');
    assert.equal(JSON.stringify(run.log).includes('secret'), level === 'debug');
  }
});

test('what throws without being an InvocationError is "Request processing broken", and the reason is in the log', async () => {
  const run = policyRun(one(step('bug')), {
    functions: {
      bug: () => {
        throw new TypeError('x is not a function');
      },
    },
  });
  const { status, body, errorKey } = answerOf(await run.request());
  assert.deepEqual([status, body, errorKey], [500, 'Request processing broken', 'LAMBDA_EXT_PROC_INTERNAL']);
  assert.match(JSON.stringify(run.log), /x is not a function/);
});

test('each invocation leaves one log line, one count and one execution', async () => {
  const run = policyRun(one(step('first'), step('second', {}, { name: 'named', onError: 'continue' })), {
    functions: {
      first: () => ({ requestId: 'r-1', executedVersion: '7', attempts: 2 }),
      second: () => ({ functionError: 'Handled', requestId: 'r-2' }),
    },
  });
  await run.request();
  const lines = run.log.filter(({ msg }) => msg === 'invocation');
  assert.deepEqual(
    lines.map(({ api, policy, function: name, outcome, awsRequestId, attempts }) => ({
      api,
      policy,
      name,
      outcome,
      awsRequestId,
      attempts,
    })),
    [
      { api: 'default', policy: 'first-1', name: 'first', outcome: 'ok', awsRequestId: 'r-1', attempts: 2 },
      { api: 'default', policy: 'named', name: 'second', outcome: 'function_error', awsRequestId: 'r-2', attempts: 1 },
    ],
  );
  assert.deepEqual(
    run.counted.map(({ policy, outcome, key }) => [policy, outcome, key]),
    [
      ['first-1', 'ok', ''],
      ['named', 'function_error', 'AWS_LAMBDA_INVALID_RESPONSE'],
    ],
  );
  const { executions, invocationMs } = run.transaction;
  assert.deepEqual(
    [...executions].map(([name, { requestId, executedVersion, status }]) => [name, requestId, executedVersion, status]),
    [
      ['first-1', 'r-1', '7', 200],
      ['named', 'r-2', undefined, 200],
    ],
  );
  const total = [...executions.values()].reduce((sum, { durationMs }) => sum + durationMs, 0);
  assert.equal(invocationMs, total);
});

test('an abort while a secret is read again leaves the function uncalled', async () => {
  const policies = apiOf(one(step('a')));
  const { promise, resolve } = Promise.withResolvers<void>();
  const secret: Secret = { read: () => 'x', refresh: () => promise };
  const request = policies.request.map((each) => ({
    ...each,
    configuration: { ...each.configuration, secrets: [secret] },
  }));
  const run = runOf({ ...policies, request });
  const outcome = run.request();
  run.transaction.abort();
  resolve();
  await assert.rejects(outcome);
  assert.deepEqual(run.calls, []);
});

test('an abort cuts the invocation, begins no further step and rejects', async () => {
  const { promise: called, resolve: onCall } = Promise.withResolvers<void>();
  const run = policyRun(one(step('hangs', {}, { onError: 'continue' }), step('next')), {
    functions: {
      hangs(_, signal) {
        onCall();
        return new Promise((_, reject) => {
          const error = new InvocationError('aborted', { message: 'a' });
          signal?.addEventListener('abort', () => reject(error));
        });
      },
    },
  });
  const outcome = run.request();
  await called;
  run.transaction.abort();
  await assert.rejects(outcome, /the request ended/);
  assert.deepEqual(run.calls, ['hangs']);
  assert.deepEqual(
    run.counted.map((labels) => labels.outcome),
    ['aborted'],
  );
  await assert.rejects(run.request(), /the request ended/);
  assert.deepEqual(run.calls, ['hangs']);
});
