import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  canConvert,
  convertTo,
  hashOrder,
  isSubtype,
  javaEquals,
  javaHash,
  javaText,
  TYPES_BY_NAME,
  typeOf,
} from '../../../../src/expression/java/index.ts';
import { newList, newMap } from '../../../../src/expression/value.ts';
import { call, constant, double, environment, fails, make, on } from './java-calls.ts';

test('collections print as java prints them and lists of json as json', () => {
  const map = newMap(
    new Map<unknown, unknown>([
      ['k', newList([1, null])],
      ['d', double(1)],
    ]),
  );
  assert.equal(javaText(map), '{k=[1, null], d=1.0}');
  assert.equal(javaText(newMap(new Map([['k', newList(['a/b', 'é"'], 'json')]]))), '{k=["a\\/b","é\\""]}');
});

test('equals knows classes and hash codes are java s', () => {
  assert.equal(javaEquals(5, 5n, environment), false);
  assert.equal(javaEquals(double(Number.NaN), double(Number.NaN), environment), true);
  assert.equal(javaEquals(double(0), double(-0), environment), false);
  assert.equal(javaEquals(newList([1, 'a']), newList([1, 'a']), environment), true);
  assert.equal(javaEquals(newList([1, 2]), newList([1, 2], 'set'), environment), false);
  assert.equal(javaEquals(newList([1, 2], 'set'), newList([2, 1], 'set'), environment), true);
  assert.deepEqual(
    ['hello', 5n, double(1.5), true, newList([1, 2]), null].map(javaHash),
    [99162322, 5, 1073217536, 1231, 994, 0],
  );
});

test('a hash map walks its keys by bucket', () => {
  const keys = ['banana', 'apple', 'cherry', 'date', 'elderberry', 'fig', 'grape'];
  // As java.util.HashMap printed them.
  assert.deepEqual(
    hashOrder(keys, (key) => key),
    ['banana', 'date', 'apple', 'cherry', 'fig', 'grape', 'elderberry'],
  );
});

test('collections offers no more than the list of methods', () => {
  const list = newList([3, 1, 2]);
  assert.equal(call('java.util.Collections', 'max(Collection)', list), 3);
  assert.equal(call('java.util.Collections', 'frequency(Collection,Object)', list, 1), 1);
  fails(() => call('java.util.Collections', 'max(Collection)', newList([1, 'a'])), 'ClassCastException');
  fails(() => call('java.util.Collections', 'min(Collection)', newList([])), 'NoSuchElementException');
  assert.equal(on(newMap(new Map([['a', 1]])), 'getOrDefault(Object,Object)', 'b', 2), 2);
  const names = new Set(TYPES_BY_NAME.get('java.util.List')?.methods.map((method) => method.name));
  assert.deepEqual([...names], ['get']);
});

test('what is not on the list cannot be reached', () => {
  for (const name of [
    'java.lang.Runtime',
    'java.lang.ProcessBuilder',
    'java.lang.Class',
    'java.io.File',
    'java.net.URI',
    '__proto__',
    'constructor',
  ]) {
    assert.equal(TYPES_BY_NAME.get(name), undefined, name);
  }
  for (const name of [
    'java.lang.Boolean',
    'java.time.Instant',
    'java.time.ZoneId',
    'java.lang.Character',
    'java.math.BigInteger',
  ]) {
    assert.deepEqual(TYPES_BY_NAME.get(name)?.methods, [], name);
    assert.deepEqual(TYPES_BY_NAME.get(name)?.constructors, [], name);
  }
  for (const type of TYPES_BY_NAME.values()) {
    for (const method of type.methods)
      assert.doesNotMatch(method.name, /^(?:getClass|constructor|wait|notify|invoke|exec|forName)$/);
  }
});

test('arguments convert to the types that spring converts to', () => {
  assert.equal(javaText(convertTo('Europe/Paris', 'java.time.ZoneId')), 'Europe/Paris');
  assert.equal(convertTo('HALF_UP', 'java.math.RoundingMode'), constant('java.math.RoundingMode', 'HALF_UP'));
  assert.equal(convertTo(4, 'java.math.RoundingMode'), constant('java.math.RoundingMode', 'HALF_UP'));
  assert.equal(convertTo('x', 'java.time.LocalDate'), undefined);
  assert.equal(canConvert('no such mode', 'java.math.RoundingMode'), true);
  fails(() => convertTo('no such mode', 'java.math.RoundingMode'), 'IllegalArgumentException');
});

test('values know their class and what is above it', () => {
  assert.equal(typeOf(5).name, 'java.lang.Integer');
  assert.equal(typeOf(newList([])).name, 'java.util.List');
  assert.equal(isSubtype(typeOf(newList([])), 'java.lang.Iterable'), true);
  assert.equal(isSubtype(typeOf(make('java.util.Date', '(long)', 0n)), 'java.lang.Comparable'), true);
  assert.equal(isSubtype(typeOf(5), 'java.lang.String'), false);
});
