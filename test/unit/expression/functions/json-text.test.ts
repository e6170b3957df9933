import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeJson } from '../../../../src/expression/evaluator/json-writer.ts';
import { jsonContent, jsonPath } from '../../../../src/expression/functions/index.ts';
import { hasEscapedName } from '../../../../src/expression/functions/json-text/escaped-names.ts';
import {
  EvaluationFailure,
  JavaBigDecimal,
  JavaBigInteger,
  JavaDouble,
  JavaList,
  JavaMap,
  type Value,
} from '../../../../src/expression/value.ts';
import { newRun, seededRandom } from './run.ts';

const read = (text: string, path = '$'): Value => jsonPath(text, path, newRun());
const fails = (text: string, path = '$') => assert.throws(() => read(text, path), EvaluationFailure, text);

test('an integer is an int, a long or a BigInteger by its size', () => {
  assert.equal(read('2147483647'), 2147483647);
  assert.equal(read('2147483648'), 2147483648n);
  assert.equal(read('-2147483648'), -2147483648);
  assert.equal(read('-2147483649'), -2147483649n);
  assert.equal(read('9223372036854775807'), 9223372036854775807n);
  assert.deepEqual(read('9223372036854775808'), new JavaBigInteger(9223372036854775808n));
  assert.equal(read('-9223372036854775808'), -9223372036854775808n);
  assert.ok(Object.is(read('-0'), 0));
});

test('twenty digits are a BigInteger even when they are mostly zeros', () => {
  assert.deepEqual(read('00000000000000000005'), new JavaBigInteger(5n));
  assert.equal(read('0000000000000000005'), 5);
});

test('a number with a point or an exponent is a double, in 19 characters or more a BigDecimal', () => {
  assert.deepEqual(read('100.00'), new JavaDouble(100));
  assert.deepEqual(read('1e3'), new JavaDouble(1000));
  assert.deepEqual(read('0.1234567890123456'), new JavaDouble(0.1234567890123456));
  assert.ok(read('0.12345678901234567') instanceof JavaBigDecimal);
  assert.ok(read('100.000000000000000') instanceof JavaBigDecimal);
  assert.deepEqual(read('1e400'), new JavaDouble(Number.POSITIVE_INFINITY));
});

test('a number inside of a text keeps the type that its own spelling gives it', () => {
  const text =
    '{"skip":{"n":1,"s":"}\\"{[","l":[1,2,[3]]},"n":100.0,"n":7.0 ,"i":100,"l":[ 1 , 2.0 ,"x",-0,12345678901],"e\\u0073c":1E2}';
  assert.deepEqual(read(text, '$.n'), new JavaDouble(7));
  assert.equal(read(text, '$.i'), 100);
  assert.deepEqual(read(text, '$.l[1]'), new JavaDouble(2));
  assert.ok(Object.is(read(text, '$.l[3]'), 0));
  assert.equal(read(text, '$.l[-1]'), 12345678901n);
  assert.deepEqual(read(text, '$.esc'), new JavaDouble(100));
  assert.equal(read(text, '$.skip.l[2][0]'), 3);
});

test('lenient grammar: bare words, single quotes, names without quotes, commas too many, text behind the end', () => {
  assert.equal(read('hello world'), 'hello world');
  assert.equal(read("{'a':'b'}", '$.a'), 'b');
  assert.equal(read('{a:b c}', '$.a'), 'b c');
  assert.equal(read('{"a":1,}', '$.a'), 1);
  assert.deepEqual((read('[,1,,2,]') as JavaList).items, [1, 2]);
  assert.equal(read('{"a":1}//x', '$.a'), 1);
  assert.equal(read('12abc'), '12abc');
});

test('text that is cut off, empty or the literal null is an error', () => {
  for (const text of ['', 'null', ' null ', '{"a":1', '[1', '"a', '{"a"', '{"a":', '{a}', '[1}', '"\\u00']) fails(text);
});

test('a nesting of 400 is read, one of 401 is refused, whether the text is JSON or not', () => {
  const nested = (depth: number, inner = '1') => '['.repeat(depth) + inner + ']'.repeat(depth);
  assert.ok(read(nested(400)) instanceof JavaList);
  fails(nested(401));
  fails(nested(401, 'x y'));
  fails(nested(200_000));
  fails('{"a":'.repeat(200_000));
  fails(`{"s":"x","a":${nested(400)}}`, '$.s');
});

test('many lists beside each other are not deep nesting', () => {
  assert.equal(read(`{"l":[${'[],'.repeat(2000)}[]],"s":"x"}`, '$.s'), 'x');
});

test('a number of 10,001 digits is refused', () => {
  assert.ok(read('9'.repeat(10_000)) instanceof JavaBigInteger);
  fails('9'.repeat(10_001));
  fails('0.'.padEnd(10_001, '9'));
});

test('__proto__ and constructor are names like any other', () => {
  const text = '{"__proto__":{"x":"y"},"constructor":"c","n":1}';
  assert.equal(read(text, '$.__proto__.x'), 'y');
  assert.equal(read(text, '$.constructor'), 'c');
  assert.equal(read('{"a":"b"}', '$.__proto__'), null);
  assert.equal(read('{"a":"b"}', '$.toString'), null);
  assert.equal(read('{"a":[{"b":"c"}]}', '$.a[0].hasOwnProperty'), null);
  fails('{"a":"b"}', '$.__proto__.x');
  assert.deepEqual((read('[{"a":"b"}]', '$[*].__proto__') as JavaList).items, [null]);
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test('names keep the order of the text, a name given twice its first place and its last value', () => {
  const map = read('{"10":"a","b":"c","1":"d","b":"e"}') as JavaMap;
  assert.deepEqual(
    [...map.entries],
    [
      ['10', 'a'],
      ['b', 'e'],
      ['1', 'd'],
    ],
  );
  assert.deepEqual((read('{"10":"a","1":"b"}', '$.*') as JavaList).items, ['a', 'b']);
  assert.deepEqual((read('[{"10":["a"],"1":["b"]}]', '$[*][*][*]') as JavaList).items, ['a', 'b']);
});

test('a text is parsed once a transaction', () => {
  const run = newRun();
  const text = `{"a":[1,2,{"b":"c"}],"pad":"${'x'.repeat(10_000)}"}`;
  assert.equal(jsonPath(text, '$.a[2].b', run), 'c');
  const first = run.steps;
  assert.equal(jsonPath(text, '$.a[2].b', run), 'c');
  assert.ok(run.steps - first < first / 2);
});

const random = seededRandom(20_240_229);
const int = (limit: number) => Math.floor(random() * limit);
const pick = <T>(list: readonly T[]): T => list[int(list.length)] as T;

function randomJson(depth: number): string {
  const blank = pick(['', '', ' ', '\n\t']);
  const kind = depth === 0 ? int(4) : int(6);
  if (kind === 0) return pick(['0', '-0', '1', '-17', '2147483648', '1e5', '1.50', '-2.5E-3', '123456789012']);
  if (kind === 1) return pick(['true', 'false', 'null']);
  if (kind < 4)
    return JSON.stringify(pick(['', 'a', 'é€😀', 'line\nbreak', '"quoted"', '\\', '/', '\u0000', 'null', '1']));
  const inner = Array.from({ length: int(4) }, () => randomJson(depth - 1) + blank);
  if (kind === 4) return `[${blank}${inner.join(',')}]`;
  return `{${inner.map((value, index) => `${blank}"k${index}"${blank}:${value}`).join(',')}}`;
}

test('on 5,000 random JSON texts (seed 20240229) the exact reader and JSON.parse agree', () => {
  for (let round = 0; round < 5000; round++) {
    const text = `[${randomJson(4)}]`;
    const written = writeJson(read(text), newRun());
    assert.deepEqual(JSON.parse(written), normal(JSON.parse(text)), text);
  }
});

/** JSON.parse tells -0 from 0; an int does not. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('JSON text: maps in their order, numbers with their digits, strings with the escapes that JSON asks for', () => {
  assert.equal(
    writeJson(read('{"b":149.90,"a":[1,100.00,null,true,"x/y\\n\\"",{}]}'), newRun()),
    '{"b":149.90,"a":[1,100.00,null,true,"x/y\\n\\"",{}]}',
  );
  assert.equal(
    writeJson(read('[1e400,12345678901234567890,0.12345678901234567890]'), newRun()),
    '[1e400,12345678901234567890,0.12345678901234567890]',
  );
});

test('JSON text of a double that was computed is as Java prints it, and null where JSON has no such number', () => {
  const doubles = [1, 1e7, 0.1, Number.NaN, Number.NEGATIVE_INFINITY].map((value) => new JavaDouble(value));
  assert.equal(writeJson(new JavaList(doubles), newRun()), '[1.0,1.0E7,0.1,null,null]');
});

test('JSON text of a value that has none is refused', () => {
  assert.throws(() => writeJson(new JavaMap(new Map([['a', Symbol('x')]])), newRun()), EvaluationFailure);
});

test('a text of many small lists is read for a text in it, and refused where all of it would have to be kept', () => {
  const text = `{"l":[${'[],'.repeat(250_000)}[]],"s":"x"}`;
  assert.equal(read(text, '$.s'), 'x');
  assert.throws(() => read(text, '$.l'), /more than 250000 lists and maps/);
  assert.throws(() => jsonContent(text), /more than 250000 lists and maps/);
});

test('a name with escapes is read as it is, whatever names an earlier text had', () => {
  // V8 13.6 takes a name with an escape for a name of an earlier text that its first characters spell.
  read('{"x":1,"\\\\u006":1}', '$.x');
  assert.equal(read('{"x":1,"\\u0061dmin":true}', '$.admin'), true);
  read('{"k":"1","\\\\":""}', '$.k');
  assert.equal(read('{"k":"1","\\n":"line"}', "$['\n']"), 'line');
  assert.equal(read('{"y":"\\n","admin":false,"\\u0061dmin" \n :true}', '$.admin'), true);
});

test('names with escapes are found, and strings with escapes are none', () => {
  for (const text of [
    '{"\\u0061":1}',
    '{"a":"\\"","b\\\\":1}',
    '[{"\\"" \t\r\n:1}]',
    '{"a":{"b":["\\n",{"\\/":0}]}}',
  ]) {
    assert.ok(hasEscapedName(text), text);
  }
  for (const text of ['{"a":"\\n"}', '["\\"", ":"]', '{"a":"\\\\","b":1}', '"\\":"', '\\', '"\\', '{"a:\\"']) {
    assert.ok(!hasEscapedName(text), text);
  }
  assert.ok(!hasEscapedName(`["${'\\n'.repeat(500_000)}"]`));
});
