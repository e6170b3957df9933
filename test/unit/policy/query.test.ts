import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../../src/policy/query.ts';

const cases: readonly (readonly [string, string, Record<string, string[]>])[] = [
  ['no query', '/a', {}],
  ['an empty query', '/a?', {}],
  ['repeated values stay in order', '/a?x=1&y=2&x=3', { x: ['1', '3'], y: ['2'] }],
  ['escapes and plus are decoded in names and values', '/a?a%20b=c+d%2B', { 'a b': ['c d+'] }],
  ['a name alone has an empty value', '/a?flag&x=', { flag: [''], x: [''] }],
  ['a broken escape stays as it was written', '/a?x=%zz&y=%e9', { x: ['%zz'], y: ['%e9'] }],
  ['only the first equals sign parts', '/a?x=a=b', { x: ['a=b'] }],
  ['a second question mark belongs to the value', '/a?x=a?b', { x: ['a?b'] }],
  ['a fragment is no part of the query', '/a?x=1#y=2', { x: ['1'] }],
  ['empty pairs are left out', '/a?&&x=1&', { x: ['1'] }],
];

for (const [name, uri, expected] of cases) {
  test(name, () => assert.deepEqual(Object.fromEntries(parseQuery(uri)), expected));
}

test('a parameter called __proto__ is a parameter', () => {
  assert.deepEqual(parseQuery('/?__proto__=1').get('__proto__'), ['1']);
});

test('whether an escape is broken is found as decodeURIComponent finds it', () => {
  const asThrown = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const parts = ['%', '%c3', '%a9', '%ed', '%a0', '%f4', '%90', '%e2%82%ac', '%4', '1', 'é', 'z'];
  for (const a of parts) {
    for (const b of parts) {
      for (const c of parts) {
        const text = a + b + c;
        assert.deepEqual(parseQuery(`/?x=${text}`).get('x'), [asThrown(text)], text);
      }
    }
  }
});

test('broken escapes throw nothing: an error with its stack for each of them would take 100 ms of a request', (t) => {
  const decode = t.mock.method(globalThis, 'decodeURIComponent');
  for (const text of ['%&', '%ff&', '%=%&', '%e2%82&']) parseQuery(`/?${text.repeat(10_000)}`);
  assert.equal(decode.mock.calls.filter(({ error }) => error !== undefined).length, 0);
});
