// What a caller gets for each class of failure, by errorStatus (docs/reference/configuration.md, error status).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvocationError, type InvocationFailure } from '../../../src/lambda/index.ts';
import { readAnswer } from '../../../src/lambda/result/read-answer.ts';
import { failureOf } from '../../../src/policy/invocation-failure.ts';
import { invocation } from '../../support/invocation.ts';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

/** The error of an answer of the endpoint. */
function answered(status: number, headers: Record<string, string> = {}, body = ''): InvocationError {
  try {
    readAnswer({ status, headers, body: Buffer.from(body) }, 1, false, 0);
  } catch (error) {
    if (error instanceof InvocationError) return error;
  }
  return assert.fail('the answer is none of an error');
}

const honest = { throttled: 429, timeout: 504, tooLarge: 413, unavailable: 502 };
const named = (status: number, type: string) => answered(status, { 'x-amzn-errortype': type });
const failed = (failure: InvocationFailure) => new InvocationError(failure, { message: 'm', statusCode: 403 });

test('a bare status of a load balancer or proxy is a failure of the call, and 400 is for what is not an answer of an Invoke', () => {
  for (const status of [403, 413, 429, 500, 501, 502, 503, 504, 599]) {
    const failure = failureOf(answered(status, {}, '<html>'), invocation(), {});
    assert.deepEqual([failure.key, failure.status], ['AWS_LAMBDA_INVALID_RESPONSE', 500], String(status));
    assert.match(failure.message, new RegExp(`Details: \\[Service: Lambda, Status Code: ${status}\\]$`));
  }
  for (const status of [301, 302, 304, 400, 401, 404, 405, 410, 418]) {
    const failure = failureOf(answered(status, {}, 'no'), invocation(), honest);
    assert.deepEqual([failure.key, failure.status], ['AWS_LAMBDA_INVALID_STATUS_CODE', 400], String(status));
  }
});

const retryAfter = { 'retry-after': '7' };
for (const [what, error, status, seconds] of [
  ['throttling by AWS', named(429, 'TooManyRequestsException'), 429, 1],
  ['throttling that says how long', answered(429, { 'x-amzn-errortype': 'X', ...retryAfter }), 429, 7],
  ['throttling with another status', named(400, 'ThrottlingException'), 429, 1],
  ['throttling by EC2', named(502, 'EC2ThrottledException'), 429, 1],
  ['throttling for part of a second', answered(429, { 'retry-after': '1.2' }), 429, 2],
  ['throttling until a date', answered(429, { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' }), 429, 9],
  ['throttling for ever', answered(429, { 'retry-after': '9'.repeat(25) }), 429, 86_400],
  ["a gateway's 504 in JSON", answered(504, {}, '{"code":504}'), 504, undefined],
  ['a bare 429', answered(429, retryAfter), 429, 7],
  ['maxConcurrency', new InvocationError('too-many-invocations', { message: 'm', retryAfterSeconds: 1 }), 429, 1],
  ['an open circuit', new InvocationError('circuit-open', { message: 'm', retryAfterSeconds: 9 }), 429, 9],
  ['no connection in time', failed('connection-timeout'), 504, undefined],
  ['no answer in time', failed('read-timeout'), 504, undefined],
  ['no time left', failed('timeout'), 504, undefined],
  ['a bare 504', answered(504), 504, undefined],
  ['nobody reached', failed('connection-failed'), 502, undefined],
  ['no credentials', failed('no-credentials'), 502, undefined],
  ['a role that is refused', failed('role-refused'), 502, undefined],
  ['a denial', named(403, 'AccessDeniedException'), 502, undefined],
  ['a bare 403', answered(403), 502, undefined],
  ['an error of the service', named(500, 'ServiceException'), 502, undefined],
  ['a function that is not there', named(404, 'ResourceNotFoundException'), 502, undefined],
  ['a bare 503', answered(503, retryAfter), 502, undefined],
  ['a payload over the limit', failed('payload-too-large'), 413, undefined],
  ['an answer over the limit', failed('answer-too-large'), 413, undefined],
  ['a payload that AWS refuses', named(413, 'RequestTooLargeException'), 413, undefined],
  ['a bare 413', answered(413), 413, undefined],
  ['a field that cannot be sent', failed('invalid-field'), 500, undefined],
] as const) {
  test(`errorStatus: honest says ${status} for ${what}`, () => {
    const failure = failureOf(error, invocation(), honest);
    assert.deepEqual([failure.key, failure.status], ['AWS_LAMBDA_INVALID_RESPONSE', status]);
    assert.equal(failure.retryAfterSeconds, seconds);
    assert.equal(failureOf(error, invocation(), {}).status, 500, "the reference's 500 without it");
  });
}

test('the preset and single statuses are both of the document, and a step may say otherwise than the defaults', async () => {
  const throttled = () => {
    throw named(429, 'TooManyRequestsException');
  };
  const away = () => {
    throw failed('connection-failed');
  };
  const statusOf = async (calls: string, defaults: object, own: object): Promise<number | undefined> => {
    const document = { defaults, apis: { default: { request: [step(calls, own)] } } };
    return answerOf(await policyRun(document, { functions: { throttled, away } }).request()).status;
  };
  const preset = { errorStatus: 'honest' };
  assert.equal(await statusOf('throttled', {}, {}), 500);
  assert.equal(await statusOf('throttled', {}, preset), 429);
  assert.equal(await statusOf('away', preset, {}), 502);
  assert.equal(await statusOf('throttled', preset, { errorStatus: { throttled: 503 } }), 503);
  assert.equal(await statusOf('away', preset, { errorStatus: { throttled: 503 } }), 500);
});

test('a function whose result is null works in the documented sample', async () => {
  const sample = "{#jsonPath(#lambdaResponse.content, '$')}";
  const document = {
    apis: {
      default: {
        request: [
          step('nothing', {
            variables: [{ name: 'lambdaResponse', value: sample }],
            mutations: { headers: { set: { 'x-result': "{#context.attributes['lambdaResponse'] == null}" } } },
          }),
        ],
      },
    },
  };
  for (const text of ['null', ' null\n']) {
    const run = policyRun(document, { functions: { nothing: () => text } });
    assert.equal((await run.request()).kind, 'continue');
    assert.equal(run.transaction.attributes.get('lambdaResponse'), null);
  }
});

test('why Lambda throttled is in the log and counted, and not told to the caller', async () => {
  const throttled = () => {
    const body = '{"Reason":"CallerRateLimitExceeded","Type":"User","message":"Rate Exceeded."}';
    throw answered(429, { 'x-amzn-errortype': 'TooManyRequestsException' }, body);
  };
  const document = { apis: { default: { request: [step('throttled', { errorStatus: 'honest' })] } } };
  const run = policyRun(document, { functions: { throttled } });
  const { status, body } = answerOf(await run.request());
  assert.equal(status, 429);
  assert.doesNotMatch(String(body), /Caller|Rate/);
  const line = run.log.find(({ msg }) => msg === 'invocation');
  assert.deepEqual([line?.throttledBy, line?.throttlingReason], ['caller', 'CallerRateLimitExceeded']);
  assert.deepEqual(
    run.counted.map(({ throttledBy }) => throttledBy),
    ['caller'],
  );
});
