import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpHeaders, ListedHeaders, type RawHeader } from '../../../src/policy/http-headers.ts';

function headers(...pairs: (readonly [string, string | Uint8Array])[]): HttpHeaders {
  return new HttpHeaders(
    new ListedHeaders(pairs.map(([name, value]): RawHeader => [name, Buffer.from(value as string)])),
  );
}

test('duplicates stay separate values in order of arrival', () => {
  const h = headers(['x-tag', 'a'], ['accept', '*/*'], ['x-tag', 'b']);
  assert.deepEqual(h.values('x-tag'), ['a', 'b']);
  assert.deepEqual(h.names(), ['x-tag', 'accept']);
  assert.equal(h.values('missing'), undefined);
});

test('a value that is not UTF-8 is read as Latin-1', () => {
  assert.equal(headers(['x', Buffer.from([0x63, 0xe9])]).first('x'), 'cé');
});

test('reads see changes', () => {
  const h = headers(['x', '1'], ['y', '2']);
  h.set('x', 'new');
  h.append('y', '3');
  h.append('z', '4');
  assert.deepEqual([h.values('x'), h.values('y'), h.values('z')], [['new'], ['2', '3'], ['4']]);
  h.remove('x');
  assert.equal(h.values('x'), undefined);
});

test('changes to one header fold into one', () => {
  const h = headers(['a', '1']);
  h.append('a', '2');
  h.append('a', '3');
  assert.deepEqual(h.changes(), [{ kind: 'append', name: 'a', values: ['2', '3'] }]);
  h.remove('a');
  h.append('a', '4');
  assert.deepEqual(h.changes(), [{ kind: 'set', name: 'a', values: ['4'] }]);
  h.append('a', '5');
  assert.deepEqual(h.changes(), [{ kind: 'set', name: 'a', values: ['4', '5'] }]);
  h.set('a', '6');
  assert.deepEqual(h.changes(), [{ kind: 'set', name: 'a', values: ['6'] }]);
  h.remove('a');
  assert.deepEqual(h.changes(), [{ kind: 'remove', name: 'a' }]);
});

test('names of JavaScript objects are names like any other', () => {
  const h = headers(['__proto__', 'p'], ['constructor', 'c']);
  assert.deepEqual([h.first('__proto__'), h.first('constructor'), h.first('tostring')], ['p', 'c', undefined]);
});

test('a byte order mark is a part of the value, as it is for who reads it after us', () => {
  const headers = new HttpHeaders(new ListedHeaders([['authorization', Buffer.from('\u{feff}Bearer x')]]));
  assert.deepEqual(headers.values('authorization'), ['\u{feff}Bearer x']);
});

test('reads give the same however many there are, and however many headers', () => {
  for (const count of [0, 3, 64, 65, 500]) {
    for (const upper of [false, true]) {
      const name = (i: number) => `x-${i % 40}`;
      const pairs = Array.from({ length: count }, (_, i) => [name(i), `${i}`] as const);
      const h = headers(...pairs.map(([key, value]) => [upper ? key.toUpperCase() : key, value] as const));
      const expected = (wanted: string) => {
        const values = pairs.filter(([key]) => key === wanted).map(([, value]) => value);
        return values.length === 0 ? undefined : values;
      };
      for (let i = 0; i < 50; i++) {
        assert.deepEqual(h.values(name(i)), expected(name(i)), `read ${i} of ${count}`);
        assert.deepEqual(h.received(name(i)), expected(name(i)));
      }
      h.set('x-1', 'new');
      assert.deepEqual([h.values('x-1'), h.received('x-1')], [['new'], expected('x-1')]);
    }
  }
});
