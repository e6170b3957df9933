// What of a function's status and headers goes to Envoy, which checks nothing of a streamed answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamHead } from '../../../../src/ext-proc/streaming/index.ts';
import { PolicyFailure } from '../../../../src/policy/index.ts';

const headOf = (headers: readonly (readonly [string, string])[], status = 200, method = 'GET') =>
  streamHead({ status, headers }, method);
const keyOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof PolicyFailure) return error.key;
    throw error;
  }
  return 'no failure';
};

test('what frames a message or belongs to a connection is left out', () => {
  const names = [
    'content-length',
    'Transfer-Encoding',
    'connection',
    'trailer',
    'te',
    'upgrade',
    'keep-alive',
    'expect',
  ];
  const { headers } = headOf([...names.map((name) => [name, '3'] as const), ['x-kept', '1']]);
  assert.deepEqual(headers, [['x-kept', '1']]);
});

test('equal names are joined, whatever their case, except cookies', () => {
  const { headers, cookies } = headOf([
    ['vary', 'accept'],
    ['set-cookie', 'a=1'],
    ['Vary', 'origin'],
    ['Set-Cookie', 'b=2, c'],
    ['set-cookie', 'd=4'],
  ]);
  assert.deepEqual(headers, [
    ['vary', 'accept, origin'],
    ['set-cookie', 'a=1'],
  ]);
  assert.deepEqual(cookies, ['b=2, c', 'd=4']);
});

test('HEAD, 204, 205 and 304 have no body, and the latter no type of one', () => {
  const type = [['content-type', 'text/plain']] as const;
  assert.deepEqual([headOf(type, 200, 'HEAD').bodiless, headOf(type, 200, 'HEAD').headers], [true, type]);
  for (const status of [204, 205, 304])
    assert.deepEqual(headOf(type, status), { status, headers: [], cookies: [], bodiless: true });
  assert.equal(headOf(type, 404).bodiless, false);
});

test('only a final status is one', () => {
  for (const status of [200, 299, 404, 599]) assert.equal(headOf([], status).status, status);
  for (const status of [99, 100, 101, 199, 600, 999, 0, -200, 200.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(
      keyOf(() => headOf([], status)),
      'AWS_LAMBDA_INVALID_STATUS_CODE',
    );
  }
});

test('what Envoy would answer with a bare 500 is refused', () => {
  for (const name of ['', 'x y', 'x:', ':path', 'é', 'x\r\ny'])
    assert.equal(
      keyOf(() => headOf([[name, '1']])),
      'AWS_LAMBDA_INVALID_RESPONSE',
    );
  for (const value of ['a\rb', 'a\nb', 'a\0b', '\x7f'])
    assert.equal(
      keyOf(() => headOf([['x', value]])),
      'AWS_LAMBDA_INVALID_RESPONSE',
    );
  assert.deepEqual(headOf([['x', 'Zoë\t1']]).headers, [['x', 'Zoë\t1']]);
});
