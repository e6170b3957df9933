import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, ExpressionError } from '../../../src/expression/index.ts';

/** What one thread computes; the clock on the wall would fail on a busy machine. */
function cpuMs(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const after = process.threadCpuUsage();
  return (after.user + after.system - before.user - before.system) / 1000;
}

function evaluate(
  template: string,
  variables: Readonly<Record<string, unknown>>,
  evaluationMs?: number,
): string | null {
  const context = { attributes: new Map(), variables: new Map(Object.entries(variables)), evaluationMs };
  return compileTemplate(template).evaluate(context);
}

/** Java's hash of "Aa" is that of "BB". */
const colliding = (count: number, around = '') =>
  Array.from({ length: count }, (_, index) => {
    const bits = Array.from({ length: 16 }, (__, bit) => ((index >> bit) & 1 ? 'Aa' : 'BB'));
    return around + bits.join('') + around;
  });

const near = 'a'.repeat(1_000_000);
const nearly = `${'a'.repeat(9_000)}b${'a'.repeat(9_000)}`;
const paths = Array.from({ length: 12_000 }, (_, index) => `$.a[?(@.b == ${index})]`);
const numbers = Array.from({ length: 100_000 }, (_, index) => index);

/** Each took seconds: the figures are of before. A bound of a second is a third of the least of them. */
const attacks: Readonly<Record<string, readonly [template: string, variables: Readonly<Record<string, unknown>>]>> = {
  'a format of zeros (8.9 s)': ['{T(String).format(#a, 1)}', { a: `%${'0'.repeat(60_000)}` }],
  contains: ['{#a.contains(#b)}', { a: near, b: nearly }],
  'indexOf (2.3 s)': ['{#a.indexOf(#b)}', { a: near, b: nearly }],
  lastIndexOf: ['{#a.lastIndexOf(#b)}', { a: near, b: nearly }],
  replace: ["{#a.replace(#b, 'x').length()}", { a: near, b: nearly }],
  'contains of XPath': ["{#xpath(#a, 'contains(/a/b, /a/c)')}", { a: `<a><b>${near}</b><c>${nearly}</c></a>` }],
  'substring-before of XPath': [
    "{#xpath(#a, 'substring-before(/a/b, /a/c)')}",
    { a: `<a><b>${near}</b><c>${nearly}</c></a>` },
  ],
  'contains of a filter': [
    "{#jsonPath(#a, '$.x[?(@.b contains @.c)]').size()}",
    { a: JSON.stringify({ x: [{ b: near, c: nearly }] }) },
  ],
  'texts of one hash (18 s)': [
    '{T(java.util.Collections).disjoint(#a, #b)}',
    { a: colliding(30_000, 'C'), b: colliding(60_000) },
  ],
  'texts that look like paths (7.9 s)': [
    "{#jsonPath(#a, '$.a[?(@ in $.b)]').size()}",
    { a: JSON.stringify({ a: paths, b: paths }) },
  ],
  'digits of a double that is none': ['{T(Double).parseDouble(#a)}', { a: `${'1'.repeat(9_000)}x` }],
  'digits of a hexadecimal double that is none': ['{T(Double).parseDouble(#a)}', { a: `0x${'1'.repeat(9_000)}x` }],
  'digits of a number of XPath that is none': ["{#xpath(#a, 'number(/a)')}", { a: `<a>${'1'.repeat(100_000)}x</a>` }],
  'a float half way between two': ['{T(Float).parseFloat(#a)}', { a: `1.000000059604644775390625${'0'.repeat(4e6)}` }],
  'groups of millions of digits': [
    "{(new java.text.DecimalFormat('#,##0').format(new java.math.BigDecimal('1E2000000')).length())}",
    {},
  ],
  'two million letters in the form encoding': [
    "{T(java.net.URLEncoder).encode(#a, 'UTF-8').length()}",
    { a: 'é'.repeat(2_000_000) },
  ],
  'a zone of letters': [
    '{T(java.time.ZonedDateTime).parse(#a)}',
    { a: `2024-01-01T00:00:00+00:00[${'A'.repeat(60_000)}]` },
  ],
  'a text that ignores case against many': [
    '{T(java.util.Collections).max(#b, T(String).CASE_INSENSITIVE_ORDER).length()}',
    { b: [`z${near}`, ...numbers.slice(0, 20_000).map(String)] },
  ],
  'attributes of one namespace': [
    "{#xpath(#a, 'count(/a/b)', 'string')}",
    {
      a: `<a xmlns:x="urn:x">${`<b ${Array.from({ length: 990 }, (_, index) => `x:a${index}=""`).join(' ')}/>`.repeat(80)}</a>`,
    },
  ],
  'parameters of a request for each element': ['{#a.![#b.containsKey(#this)].size()}', { a: numbers, b: { x: 1 } }],
  'elements of a map for each element': [
    '{#a.![#b.^[true]].size()}',
    { a: numbers, b: Object.fromEntries(numbers.map((n) => [`k${n}`, n])) },
  ],
  'a property that is a method for each element': ['{#a.![#b.toCharArray].size()}', { a: numbers, b: near }],
  'greatest common divisors': [
    '{#a.![new java.math.BigDecimal(#b).divide(new java.math.BigDecimal(#c))].size()}',
    { a: numbers, b: '7'.repeat(9_000), c: '3'.repeat(8_999) },
  ],
};

for (const [name, [template, variables]] of Object.entries(attacks)) {
  test(`${name} takes no more time than its steps`, () => {
    const spent = cpuMs(() => {
      try {
        evaluate(template, variables, 1000);
      } catch (error) {
        assert.ok(error instanceof ExpressionError);
        assert.doesNotMatch(error.message, /CPU time/, 'the steps do not count it');
      }
    });
    assert.ok(spent < 1000, `${spent} ms`);
  });
}

test('what is found is what the engine finds', () => {
  let state = 4711;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
  const word = (length: number) => Array.from({ length }, () => 'ab'.charAt(random(20) === 0 ? 1 : 0)).join('');
  for (let round = 0; round < 200; round++) {
    const a = word(4_000);
    const start = random(3_900);
    const b = random(2) === 0 ? a.slice(start, start + 20 + random(80)) : word(20 + random(60));
    const from = random(4_100);
    assert.equal(evaluate('{#a.indexOf(#b)}', { a, b }), String(a.indexOf(b)));
    assert.equal(evaluate('{#a.indexOf(#b, #c)}', { a, b, c: from }), String(a.indexOf(b, from)));
    assert.equal(evaluate('{#a.lastIndexOf(#b)}', { a, b }), String(a.lastIndexOf(b)));
    assert.equal(evaluate('{#a.lastIndexOf(#b, #c)}', { a, b, c: from }), String(a.lastIndexOf(b, from)));
    assert.equal(evaluate("{#a.replace(#b, 'x')}", { a, b }), a.split(b).join('x'));
  }
});

test('sub-lists are found wherever they are', () => {
  const at = (a: string, b: string, method: string) =>
    evaluate(`{T(java.util.Collections).${method}(#a, #b)}`, { a: [...a], b: [...b] });
  for (const [a, b] of [
    ['abcabcabd', 'abcabd'],
    ['aaaaab', 'aab'],
    ['aaaa', 'aa'],
    ['abc', ''],
    ['', 'a'],
    ['abab', 'ba'],
  ] as const) {
    assert.equal(at(a, b, 'indexOfSubList'), String(a.indexOf(b)), `${b} in ${a}`);
    assert.equal(at(a, b, 'lastIndexOfSubList'), String(a.lastIndexOf(b)), `${b} in ${a}`);
  }
});
