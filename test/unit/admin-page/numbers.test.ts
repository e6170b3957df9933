import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesText, countText, durationText, rateText, spanText, timeText } from '../../../src/admin-page/numbers.ts';

test('rates, times, counts and sizes have three digits and a unit', () => {
  assert.deepEqual([0, 0.001, 0.0667, 12.345, 1234.5].map(rateText), [
    '0/s',
    '< 0.01/s',
    '0.0667/s',
    '12.3/s',
    '1,230/s',
  ]);
  assert.deepEqual([undefined, 0.00085, 0.0123, 1.25, 61].map(durationText), [
    '–',
    '850 µs',
    '12.3 ms',
    '1.25 s',
    '61 s',
  ]);
  assert.deepEqual([0, 999, 1234567].map(countText), ['0', '999', '1,234,567']);
  assert.deepEqual([0, 512, 1536, 3 * 2 ** 30].map(bytesText), ['0 B', '512 B', '1.5 KiB', '3 GiB']);
});

test('a length of time has its two largest units', () => {
  const texts = [-5, 0, 45_000, 60_000, 723_000, 7_500_000, 277_200_000].map(spanText);
  assert.deepEqual(texts, ['0 s', '0 s', '45 s', '1 min', '12 min 3 s', '2 h 5 min', '3 d 5 h']);
});

test('a time is of UTC', () => {
  assert.equal(timeText(new Date(Date.UTC(2026, 10, 27, 16, 28, 21))), '2026-11-27 16:28:21 UTC');
});
