import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThrottleReason } from '@aws-sdk/client-lambda';
import { InvocationError } from '../../../src/lambda/index.ts';
import { readAnswer } from '../../../src/lambda/result/read-answer.ts';
import { listThrottleReasons, throttlingOf } from '../../../src/lambda/result/throttling.ts';

function throttlingBy(status: number, headers: Record<string, string>, body: string) {
  try {
    readAnswer({ status, headers, body: Buffer.from(body) }, 1, false, 0);
  } catch (error) {
    if (error instanceof InvocationError) return error.throttling;
  }
  return assert.fail('the answer is none of an error');
}

const type = { 'x-amzn-errortype': 'TooManyRequestsException' };

test('every reason that the service can give belongs to a limit', () => {
  assert.deepEqual(new Set(listThrottleReasons()), new Set(Object.values(ThrottleReason)));
  for (const reason of listThrottleReasons()) {
    const { limit } = throttlingOf(reason);
    assert.notEqual(limit, 'unknown');
    const body = JSON.stringify({ Reason: reason, Type: 'User', message: 'Rate Exceeded.' });
    assert.deepEqual(throttlingBy(429, type, body), { limit, reason });
  }
});

test('the text of the error has the reason after the words of AWS', () => {
  const body = '{"Reason":"ConcurrentInvocationLimitExceeded","message":"Rate Exceeded."}';
  const thrown = { message: 'TooManyRequestsException (429): Rate Exceeded. ConcurrentInvocationLimitExceeded' };
  const answer = { status: 429, headers: type, body: Buffer.from(body) };
  assert.throws(() => readAnswer(answer, 1, false, 0), thrown);
});

test('what says no reason or one that nobody knows is of an unknown limit', () => {
  assert.deepEqual(throttlingBy(429, {}, 'slow down'), { limit: 'unknown', reason: undefined });
  assert.deepEqual(throttlingBy(429, type, '{"Reason":"NewLimitExceeded"}'), {
    limit: 'unknown',
    reason: 'NewLimitExceeded',
  });
  for (const hostile of ['a b', 'x'.repeat(1_000), 'a\nb', '<script>', 7, null, {}]) {
    const body = JSON.stringify({ Reason: hostile });
    assert.deepEqual(throttlingBy(429, type, body), { limit: 'unknown', reason: undefined });
  }
});

test('what is not throttling has no reason', () => {
  const body = '{"Reason":"CallerRateLimitExceeded"}';
  assert.equal(throttlingBy(403, { 'x-amzn-errortype': 'AccessDeniedException' }, body), undefined);
});
