import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeJson } from '../../../../src/expression/evaluator/json-writer.ts';
import { jsonPath, lookupMap } from '../../../../src/expression/functions/index.ts';
import { EvaluationFailure, JavaDouble, JavaList, JavaMap, type Value } from '../../../../src/expression/value.ts';
import { newRun, seededRandom } from './run.ts';

const ORDER =
  '{"id":"A-1","total":149.90,"note":null,"empty":{},"none":[],"tags":["vip","eu"],"lines":[{"sku":"S-1","qty":2},{"sku":"S-2","qty":1},{"sku":"S-3"}]}';

const read = (path: string, text = ORDER): Value => jsonPath(text, path, newRun());
const list = (path: string, text = ORDER) => (read(path, text) as JavaList).items;
const fails = (path: string, text = ORDER) => assert.throws(() => read(path, text), EvaluationFailure, path);

test('a missing last name is null, a missing step before it is an error', () => {
  assert.equal(read('$.nope'), null);
  assert.equal(read('$.empty.nope'), null);
  fails('$.nope.x');
  fails('$.note.x');
  fails('$.id.x');
});

test('an index out of range is an error, a negative one counts from the end', () => {
  fails('$.tags[2]');
  fails('$.tags[-3]');
  assert.equal(read('$.tags[-1]'), 'eu');
  fails('$.id[0]');
});

test('paths with wildcards, slices, unions, filters and scans give lists, empty ones included', () => {
  assert.deepEqual(list('$.tags[*]'), ['vip', 'eu']);
  assert.deepEqual(list('$.none[*]'), []);
  assert.deepEqual(list('$.lines[*].nope'), [null, null, null]);
  assert.deepEqual(list('$.lines[0,2].sku'), ['S-1', 'S-3']);
  assert.deepEqual(list('$.lines[-1:].sku'), ['S-3']);
  assert.deepEqual(list('$.lines[?(@.qty > 1)].sku'), ['S-1']);
  assert.deepEqual(list('$..qty'), [null, null, 2, 1, null]);
});

test('a list out of a path prints as JSON', () => {
  assert.equal((read('$.tags') as JavaList).kind, 'json');
  assert.equal((read('$.tags[*]') as JavaList).kind, 'json');
  assert.equal((read('$.lines[*].qty') as JavaList).kind, 'json');
});

test('a union of names gives a map, with null for what is missing', () => {
  assert.deepEqual(
    [...(read("$['id','nope']") as JavaMap).entries],
    [
      ['id', 'A-1'],
      ['nope', null],
    ],
  );
});

test('a path without root is meant from the root', () => {
  assert.equal(read('id'), 'A-1');
  assert.equal(read('lines[1].sku'), 'S-2');
});

test('an append leaves the document as it was', () => {
  const run = newRun();
  assert.equal((jsonPath(ORDER, '$.tags.append("x")', run) as JavaList).items.length, 3);
  assert.equal((jsonPath(ORDER, '$.tags', run) as JavaList).items.length, 2);
});

test('functions: numbers come back as doubles, lengths as ints', () => {
  assert.deepEqual(read('$..qty.sum()'), new JavaDouble(3));
  assert.equal(read('$.lines.length()'), 3);
  assert.equal(read('$.id.length()'), null);
  fails('$.lines[*].qty.sum()');
  fails('$.id.nosuch()');
});

test('there is nothing to find in null, in empty text, and without a path', () => {
  for (const source of [null, '']) assert.throws(() => jsonPath(source, '$', newRun()), EvaluationFailure);
  for (const path of [null, '', '$.', '$..', '$x', '$[', "$['a"]) {
    assert.throws(() => jsonPath(ORDER, path, newRun()), EvaluationFailure);
  }
});

test('values are searched as they are', () => {
  const map = new JavaMap(new Map<Value, Value>([['a', new JavaList([1, new JavaDouble(2.5)])]]));
  assert.equal(jsonPath(map, '$.a[0]', newRun()), 1);
  assert.deepEqual((jsonPath(map, '$.a[?(@ > 2)]', newRun()) as JavaList).items, [new JavaDouble(2.5)]);
  assert.equal(jsonPath(5, '$', newRun()), 5);
  assert.throws(() => jsonPath(new JavaList(['a'], 'set'), '$[0]', newRun()), EvaluationFailure);
});

test('a lookup finds names in its own way and lists them as they are', () => {
  const values = new Map([['x-tier', new JavaList(['gold'])]]);
  const headers = lookupMap({
    names: () => ['X-Tier'],
    has: (name) => values.has(name.toLowerCase()),
    get: (name) => values.get(name.toLowerCase()) ?? null,
  });
  assert.equal(jsonPath(headers, '$.x-TIER[0]', newRun()), 'gold');
  assert.equal(jsonPath(headers, '$.nope', newRun()), null);
  assert.equal(jsonPath(headers, '$.length()', newRun()), 1);
  assert.deepEqual((jsonPath(headers, '$.keys()', newRun()) as JavaList).items, ['X-Tier']);
});

test('filters compare as the original types them', () => {
  const text = '[1,"1",1.0,true,null,"a",[1],{"a":1}]';
  assert.deepEqual(list('$[?(@ == 1)]', text), [1, '1', new JavaDouble(1)]);
  assert.deepEqual(list('$[?(@ == true)]', text), [true]);
  assert.deepEqual(list('$[?(@ == null)]', text), [null]);
  assert.deepEqual(list('$[?(@.a)]', text).length, 1);
  assert.deepEqual(list('$[?(@ =~ /A|B/i)]', text), ['a']);
  assert.deepEqual(list("$[?(@ in ['a', true])]", text), [true, 'a']);
  assert.deepEqual(list('$[?(@ < 2)]', text), [1, new JavaDouble(1)]);
});

test('a pattern takes time linear in its input', () => {
  const text = JSON.stringify([`${'a'.repeat(50_000)}!`]);
  assert.deepEqual(list('$[?(@ =~ /(a+)+$/)]', text), []);
  assert.deepEqual(list('$[?(@ =~ /(a|aa)*b/)]', text), []);
});

test('what is not supported in a pattern is an error, not another meaning', () => {
  fails('$.lines[?(@.sku =~ /(.*)\\1/)]');
  fails('$.lines[?(@.sku =~ /a/x)]');
});

test('paths that multiply their work run out of steps instead of time', () => {
  const unions = `$${'[0,0,0,0,0,0,0,0]'.repeat(20)}`;
  const nested = `${'['.repeat(25)}1${']'.repeat(25)}`;
  assert.throws(() => jsonPath(nested, unions, newRun(100_000)), /step budget/);
  const wide = JSON.stringify(Array.from({ length: 2000 }, (_, index) => ({ a: index })));
  for (const path of ['$[?(@.a in $[*].a)]', '$[?($..a contains @.a)]', '$..[?($..a contains @..a)]']) {
    assert.throws(() => jsonPath(wide, path, newRun(100_000)), /step budget/, path);
  }
});

test('slices with huge bounds cost no more than the list', () => {
  assert.deepEqual(list('$.tags[-2147483648:2147483647]'), ['vip', 'eu', 'vip', 'eu'].slice(0, 4));
  assert.deepEqual(list('$.tags[0:2147483647]'), ['vip', 'eu']);
  fails('$.tags[2147483648]');
});

test('what has no text in a function of a path is an error like any other', () => {
  const deep = `${'{"a":'.repeat(400)}1${'}'.repeat(400)}`;
  fails('$.concat($.a)', deep);
});

test('hostile paths are refused: too long, too many steps, nested too deep', () => {
  fails(`$.${'a'.repeat(10_000)}`);
  fails(`$${'.a'.repeat(2000)}`);
  fails(`$${'[?(@'.repeat(40)}${')]'.repeat(40)}`);
  fails(`$[?(${'('.repeat(500)}@.a${')'.repeat(500)})]`);
  fails(`$[?(${'!'.repeat(1000)}(@.a))]`);
  fails(`$.a.sum(${'$.sum('.repeat(100)}1${')'.repeat(100)})`);
});

/** Published against jsonpath-plus: scripts in filters and indexes. Here they are no paths, or find nothing. */
const ATTACKS = [
  '$[?(this.constructor.constructor("return process")().exit())]',
  "$..[?(p=\"console.log(1)\";a=''[['constructor']][['constructor']](p);a())]",
  '$[(this.constructor.constructor("return process")())]',
  '$[?(@.constructor.constructor("return 1")())]',
  "$[?(@['constructor']['constructor']('return 1')())]",
  "$..[?(' '.constructor.constructor('return 1')())]",
  '$[?(@.a = 1)]',
  '$[?(delete @.a)]',
  '$[?(@.__proto__.polluted = 1)]',
  '$[?(@root.x)]',
  '$.a^',
  '$.a~',
  '$[`a]',
  '$.@string()',
  '$..[(@.length-1)]',
];

test('the published attacks on jsonpath-plus reach nothing', () => {
  for (const path of ATTACKS) {
    for (const text of ['{"a":"b"}', '[{"a":"b"},1]']) {
      let result: Value = null;
      try {
        result = jsonPath(text, path, newRun());
      } catch (error) {
        assert.ok(error instanceof EvaluationFailure, path);
      }
      const found = result instanceof JavaList ? result.items : [result];
      for (const value of found) assert.ok(value === null || value === 'b' || value instanceof JavaMap, path);
    }
  }
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

const random = seededRandom(4711);
const int = (limit: number) => Math.floor(random() * limit);
const pick = <T>(options: readonly T[]): T => options[int(options.length)] as T;

function randomText(depth: number): string {
  if (depth === 0 || random() < 0.3) {
    return pick(['"s"', '"t"', '""', 'true', 'null', ...(random() < 0.3 ? ['1', '2.0', '1e2', '12345678901'] : [])]);
  }
  const inner = Array.from({ length: int(4) }, () => randomText(depth - 1));
  if (random() < 0.5) return `[${inner.join(', ')}]`;
  return `{${inner.map((value, index) => `"${'abc'[index]}" : ${value}`).join(',')}}`;
}

function randomPath(): string {
  const steps = ['.a', '.b', "['c']", '[0]', '[1]', '[-1]', '[*]', '.*', '[0:2]', '[1:]', '[:1]', '[0,1]', '.length'];
  return `$${Array.from({ length: 1 + int(4) }, () => pick(steps)).join('')}`;
}

/** The text of a result with its types, or that there was an error. */
function outcome(source: Value, path: string): string {
  try {
    const value = jsonPath(source, path, newRun());
    return `${typeof value} ${value instanceof JavaList || value instanceof JavaMap ? value.constructor.name : ''} ${writeJson(value, newRun())}`;
  } catch (error) {
    assert.ok(error instanceof EvaluationFailure);
    return 'error';
  }
}

test('on 8,000 random paths (seed 4711) a text and the value it stands for give the same', () => {
  const errors = { some: 0, none: 0 };
  for (let round = 0; round < 8000; round++) {
    const text = `{"a":${randomText(4)},"b":${randomText(4)}}`;
    const path = randomPath();
    const fast = outcome(text, path);
    assert.equal(fast, outcome(jsonPath(text, '$', newRun()), path), `${path} in ${text}`);
    if (fast === 'error') errors.some++;
    else errors.none++;
  }
  assert.ok(errors.none > 1500, JSON.stringify(errors));
});
