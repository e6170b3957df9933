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
