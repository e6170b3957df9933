import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onOurClock } from '../../../../src/lambda/credentials/service-clock.ts';

const hour = 3_600_000;
const service = 1_800_000_000_000;

for (const [name, skew] of [
  ['ahead by ten minutes', 600_000],
  ['behind by ten minutes', -600_000],
  ['ahead by a day', 24 * hour],
] as const) {
  test(`a clock that is ${name} sees a session of an hour expire after an hour`, () => {
    const ours = service + skew;
    assert.equal(onOurClock(service + hour, { theirs: service, ours }), ours + hour);
  });
}

test('a difference that a slow answer makes too and an answer without a time change nothing', () => {
  assert.equal(onOurClock(service + hour, { theirs: service, ours: service + 4_999 }), service + hour);
  assert.equal(onOurClock(service + hour, undefined), service + hour);
  assert.equal(onOurClock(undefined, { theirs: service, ours: 0 }), undefined);
});
