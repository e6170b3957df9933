import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance } from '../../../src/ext-proc/exchange/sequence.ts';
import type { Progress } from '../../../src/ext-proc/exchange/state.ts';
import type { Part } from '../../../src/ext-proc/wire/index.ts';

type Event = readonly [part: Part, end: boolean];
const h: Event = ['headers', false];
const hEnd: Event = ['headers', true];
const b: Event = ['body', false];
const bEnd: Event = ['body', true];
const t: Event = ['trailers', false];

const cases: readonly (readonly [string, readonly Event[], string | undefined])[] = [
  ['headers, pieces of a body and trailers', [h, b, b, t], undefined],
  ['a body without headers (header mode SKIP)', [b, bEnd], undefined],
  ['trailers alone', [t], undefined],
  ['headers twice', [h, h], 'headers_out_of_order'],
  ['headers after a body', [b, h], 'headers_out_of_order'],
  ['a body after the headers ended the message', [hEnd, b], 'body_after_end'],
  ['a body after its end', [h, bEnd, b], 'body_after_end'],
  ['trailers after the body ended the message', [h, bEnd, t], 'trailers_after_end'],
  ['trailers twice', [h, t, t], 'trailers_after_end'],
  ['headers after the end', [hEnd, h], 'headers_after_end'],
];

for (const [name, events, expected] of cases) {
  test(`${name}: ${expected ?? 'accepted'}`, () => {
    const side: { progress: Progress } = { progress: 'start' };
    const results = events.map(([part, end]) => advance(side, part, end || part === 'trailers'));
    assert.deepEqual(results, [...events.slice(1).map(() => undefined), expected]);
  });
}
