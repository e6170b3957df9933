// What is held against an Envoy: not what a caller can do, and not more often than once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { HiddenHeaders } from '../../../src/ext-proc/hidden-headers.ts';
import { MissingBodies } from '../../../src/ext-proc/missing-bodies.ts';

test('twenty streams in a row without a body are evidence, and one body ends the row', () => {
  const bodies = new MissingBodies();
  for (let i = 1; i < 20; i++) assert.equal(bodies.lost('a', 'request'), undefined);
  assert.equal(bodies.lost('a', 'response'), undefined);
  assert.equal(bodies.lost('b', 'request'), undefined);
  assert.equal(bodies.lost('a', 'request'), 20);
  assert.equal(bodies.lost('a', 'request'), 21);
  bodies.came('a', 'request');
  assert.equal(bodies.lost('a', 'request'), undefined);
});

test('headers that Envoy hides are reported once for each API', () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const hidden = new HiddenHeaders(logger);
  for (const api of ['a', 'b', 'a']) hidden.report(api, ':status');
  assert.deepEqual(
    lines.map(({ api, missing }) => [api, missing]),
    [
      ['a', ':status'],
      ['b', ':status'],
    ],
  );
});
