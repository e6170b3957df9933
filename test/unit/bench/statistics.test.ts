import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, merge, quantile, summary } from '../../../bench/measure/statistics.ts';

/** Times as the load generators count them. */
function histogram(...microseconds: readonly number[]): ReadonlyMap<number, number> {
  const buckets = new Map<number, number>();
  for (const time of microseconds) {
    const bucket = Math.floor(Math.log(time) / Math.log(1.01));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return buckets;
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual / expected - 1) < 0.011, `${actual} is not within 1 % of ${expected}`);
}

test('the median of an even count lies between the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([7]), 7);
  assert.ok(Number.isNaN(median([])));
});

test('a summary gives the middle half', () => {
  assert.deepEqual(summary([5, 1, 2, 3, 4]), { median: 3, low: 2, high: 4, count: 5 });
  assert.deepEqual(summary([1, 1000, 1, 1, 1]), { median: 1, low: 1, high: 1, count: 5 });
  assert.deepEqual(summary([10, 20]), { median: 15, low: 12.5, high: 17.5, count: 2 });
});

test('quantiles are exact to a percent whatever the order', () => {
  const times = histogram(...Array.from({ length: 1000 }, (_, index) => (1000 - index) * 100));
  near(quantile(times, 0.5), 50);
  near(quantile(times, 0.99), 99);
  near(quantile(times, 0.999), 99.9);
  near(quantile(times, 1), 100);
  assert.ok(Number.isNaN(quantile(new Map(), 0.5)));
});

test('merged histograms are those of all requests', () => {
  const merged = merge([histogram(1000, 2000), histogram(2000), histogram()]);
  assert.equal(
    [...merged.values()].reduce((sum, count) => sum + count, 0),
    3,
  );
  near(quantile(merged, 0.3), 1);
  near(quantile(merged, 0.5), 2);
});
