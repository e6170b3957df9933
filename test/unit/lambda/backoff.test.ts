import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterSeconds } from '../../../src/lambda/result/retry-after.ts';
import { backoffMs } from '../../../src/lambda/retry/backoff.ts';
import { RetryBudget } from '../../../src/lambda/retry/retry-budget.ts';

test('the delay doubles up to 20 seconds and jitter takes any part of it', () => {
  const most = [1, 2, 3, 4].map((attempts) => backoffMs('transient', attempts, undefined, () => 1));
  assert.deepEqual(most, [50, 100, 200, 400]);
  assert.equal(
    backoffMs('throttled', 1, undefined, () => 1),
    1000,
  );
  assert.equal(
    backoffMs('throttled', 30, undefined, () => 1),
    20_000,
  );
  assert.equal(
    backoffMs('throttled', 30, undefined, () => 0),
    0,
  );
  assert.equal(
    backoffMs('transient', 2, undefined, () => 0.5),
    50,
  );
});

test('where nothing was sent half of the delay is certain', () => {
  for (const [part, delay] of [
    [0, 50],
    [0.5, 75],
    [1, 100],
  ] as const) {
    assert.equal(
      backoffMs('unsent', 2, undefined, () => part),
      delay,
    );
  }
});

test('Retry After is the least but no more than 5 seconds beyond the backoff', () => {
  assert.equal(
    backoffMs('throttled', 1, 2, () => 0.1),
    2000,
  );
  assert.equal(
    backoffMs('throttled', 1, 0, () => 0.5),
    500,
  );
  assert.equal(
    backoffMs('throttled', 1, 3600, () => 0.5),
    5500,
  );
});

test('Retry After is read in seconds and as a date and never from garbage', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');
  const read = (value: string | undefined) => retryAfterSeconds({ 'retry-after': value }, now);
  assert.equal(read('3'), 3);
  assert.equal(read(' 0.5 '), 0.5);
  assert.equal(read('Mon, 01 Jun 2026 00:00:07 GMT'), 7);
  for (const none of [undefined, '', 'soon', '-3', '1e400', 'Mon, 01 Jun 2020 00:00:07 GMT']) {
    assert.equal(read(none), undefined, none);
  }
});

test('the budget pays for a bounded number of retries and successes fill it again', () => {
  const budget = new RetryBudget();
  let paid = 0;
  while (budget.spend('transient')) paid++;
  assert.equal(paid, Math.floor(500 / 14));
  for (let i = 0; i < 4; i++) budget.refund(undefined);
  assert.equal(budget.spend('transient'), true, '10 were left, 4 came back');
  for (let i = 0; i < 10_000; i++) budget.refund('transient');
  paid = 0;
  while (budget.spend('throttled')) paid++;
  assert.equal(paid, 100, 'it never holds more than at first');
  for (let i = 0; i < 100; i++) budget.refund('throttled');
  paid = 0;
  while (budget.spend('unsent')) paid++;
  assert.equal(paid, 500);
});
