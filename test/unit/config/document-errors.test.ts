import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLines, load, problemsOf, withStep } from './support.ts';

test('an unknown field is an error that names the closest known one', () => {
  assertLines(problemsOf('version: 1\nunmatchd: pass\n'), ['policies.yaml:2:1 unmatchd: ', 'did you mean unmatched?']);
  const lines = problemsOf(withStep('function: f, reigon: us-east-1'));
  assertLines(lines, ['policies.yaml:5:39 apis.orders.request.0.configuration.reigon: ', 'did you mean region?']);
});

test('an unknown field that resembles nothing gets the list of known ones', () => {
  assertLines(problemsOf('version: 1\nlimits: {quux: 1}\n'), ['limits.quux', 'known are bodyBytes, streams, buffered']);
});

test('a field of a later version is unknown until then', () => {
  assertLines(problemsOf(withStep('function: f, protocol: 2')), ['configuration.protocol: unknown field']);
});

test('a wrong type is reported with what would be right', () => {
  assertLines(problemsOf(withStep('function: 12')), [
    '5:36',
    'function: expected text, got a number, put it in quotes',
  ]);
  assertLines(problemsOf(withStep('function: f, variables: {}')), ['variables: expected a list, got an object']);
  assertLines(problemsOf(withStep('function: f, readTimeoutMs: 1.5')), ['expected a whole number']);
  assertLines(problemsOf(withStep('function: f, readTimeoutMs: -1')), ['readTimeoutMs: expected at least 0']);
  assertLines(problemsOf(withStep('function: f, invocationType: event')), ['RequestResponse', 'did you mean Event?']);
  assertLines(problemsOf(withStep('function: f, sendToConsumer: 1')), [
    'expected true, false or an expression, got a num',
  ]);
});

test('all errors of a document are reported at once in its order', () => {
  const lines = problemsOf('version: 2\ninline: maybe\napis: {a: {request: {}}}\n');
  assertLines(lines, ['1:10 version: expected 1'], ['2:9 inline: '], ['3:21 apis.a.request: expected a list']);
});

test('a missing version is an error', () => {
  assertLines(problemsOf('apis: {}\n'), ['policies.yaml:1:1 version: is missing: expected 1']);
});

test('an empty document is an error', () => {
  for (const text of ['', '# nothing\n', 'null\n'])
    assertLines(problemsOf(text), ['policies.yaml:1:1 the document is empty']);
});

test('a document that is not an object is an error', () => {
  assertLines(problemsOf('- 1\n'), ['policies.yaml:1:1 expected an object, got a list']);
});

test('yaml that does not parse is reported with its place', () => {
  assertLines(problemsOf('version: 1\napis: {orders: [}\n'), [
    'policies.yaml:2:17 ',
    'not valid YAML: this } does not match the [ before it',
  ]);
  assertLines(problemsOf('version: 1\nversion: 1\n'), [
    'policies.yaml:2:1 ',
    'not valid YAML',
    'duplicate field, first in line 1',
  ]);
  assertLines(problemsOf('version: 1\n---\nversion: 1\n'), ['not valid YAML']);
});

test('json that does not parse is reported with its place', () => {
  assertLines(problemsOf('{"version": 1,\n "apis": {,}}', 'p.json'), ['p.json:2:11 not valid JSON: expected a name']);
  assertLines(problemsOf('{"version": 1} x', 'p.json'), ['p.json:1:16 not valid JSON: expected the end']);
  assertLines(problemsOf('{"version": 1, "version": 1}', 'p.json'), ['p.json:1:16 ', 'duplicate name']);
  assertLines(problemsOf('{"version": 01}', 'p.json'), ["expected ',' or '}'"]);
  assertLines(problemsOf('{"version": "a\nb"}', 'p.json'), ['p.json:1:13', 'string']);
});

test('json and yaml give the same policies', () => {
  const json = '{"version": 1, "apis": {"orders": {"request": [{"configuration": {"function": "f\\u0041"}}]}}}';
  const yaml = 'version: 1\napis:\n  orders:\n    request:\n      - configuration:\n          function: fA\n';
  const [a, b] = [load(json, 'p.json'), load(yaml)].map((loaded) => loaded.set.byName('orders'));
  assert.equal(a?.request[0]?.configuration.function.source, 'fA');
  assert.deepEqual(JSON.stringify(a), JSON.stringify(b));
});

test('an alias bomb is refused', () => {
  let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
  for (let level = 1; level < 10; level++) text += `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]\n`;
  assertLines(problemsOf(text), ['too many aliases']);
});

test('an alias of itself or of nothing is refused', () => {
  const properties = (text: string): string => `version: 1\napis: {a: {properties: ${text}}}\n`;
  assertLines(problemsOf(properties('&x {b: {c: *x}}')), ['2:35 an alias of itself']);
  assertLines(problemsOf(properties('{b: *nothing}')), [
    '2:28 not valid YAML: a text that begins with * must be in quotes',
    'and its anchor does not exist',
  ]);
});

test('aliases that make data absurdly deep are refused', () => {
  const nest = (inner: string): string => '['.repeat(40) + inner + ']'.repeat(40);
  const text = `version: 1\na: &a ${nest('1')}\nb: ${nest('*a')}\n`;
  assertLines(problemsOf(text), ['nested deeper than 64 levels']);
});

test('aliases that are not bombs are followed', () => {
  const loaded = load('version: 1\napis:\n  a: &a {contextPath: /x}\n  b: *a\n');
  assert.deepEqual(loaded.set.byName('b')?.request, []);
});

test('an error behind an alias is reported at its anchor', () => {
  const lines = problemsOf('version: 1\napis:\n  a: &a\n    rutes: [x]\n  b: *a\n');
  assertLines(lines, ['4:5 apis.a.rutes'], ['4:5 apis.b.rutes']);
});

test('absurd depth is refused in yaml and json', () => {
  for (const depth of [100, 200_000]) {
    const text = `{"version": ${'['.repeat(depth)}${']'.repeat(depth)}}`;
    assertLines(problemsOf(text), ['nested deeper than 64 levels']);
    assertLines(problemsOf(text, 'p.json'), ['nested deeper than 64 levels']);
  }
});

test('a document beyond the size limit is refused', () => {
  assertLines(problemsOf(`# ${'x'.repeat(8 * 1024 * 1024)}`), ['longer than 8388608 characters']);
});

test('keys that name prototypes are harmless', () => {
  assertLines(problemsOf('version: 1\n__proto__: {inline: false}\n'), ['2:1 "__proto__" cannot be a name']);
  assertLines(problemsOf('{"version": 1, "__proto__": {}}', 'p.json'), ['1:16 ', '"__proto__" cannot be a name']);
  const loaded = load('version: 1\napis:\n  constructor: {properties: {toString: a, hasOwnProperty: b}}\n');
  assert.equal(loaded.set.byName('constructor')?.properties.get('toString'), 'a');
  assert.equal(loaded.set.byName('toString'), undefined);
  assertLines(problemsOf('version: 1\nconstructor: 1\n'), ['2:1 constructor: unknown field']);
  assert.equal(Object.hasOwn(Object.prototype, 'inline'), false);
});

test('tags and keys that are not text are refused', () => {
  assertLines(problemsOf('version: 1\napis: !!js/function x\n'), ['not valid YAML']);
  assertLines(problemsOf('version: 1\n? [a]\n: b\n'), ['a key must be plain text']);
});

test('no error shows a secret', () => {
  const secret = 'AKIASECRETSECRET';
  const texts = [
    withStep(`function: f, accessKey: "{#${secret}@@}", secretKey: "${secret}"`),
    withStep(`function: f, accessKey: "${secret}"`),
    withStep(`function: f, secretKey: [${secret}]`),
    withStep(`function: f, secretKey: "${secret}`),
    withStep(`function: f, roleArn: "${secret}"`),
    withStep(`function: f, ssl: {trustStorePassword: "${secret}{#", trustStoreType: "${secret}"}`),
    withStep(`function: f, invocationType: "${secret}"`),
    withStep(`function: f, accessKey: *${secret}`),
    withStep(`function: f, accessKey: !${secret} x`),
    withStep(`function: f, accessKey: }${secret}`),
    withStep(`function: f, accessKey: "\\z${secret}"`),
    `%${secret} x\n---\nversion: 1\n`,
    withStep(`function: f, endpoint: "https://user:${secret}@host/"`),
  ];
  for (const text of texts) {
    const lines = problemsOf(text);
    assert.ok(lines.length > 0, text);
    assert.ok(!lines.join().includes(secret), lines.join('\n'));
  }
  for (const text of [`{"secretKey": ${secret}}`, `{"secretKey": "${secret}`]) {
    assert.ok(!problemsOf(text, 'p.json').join().includes(secret));
  }
});

test('aliases that repeat a long part are refused before it is written out', () => {
  const entries = Array.from({ length: 1_000 }, (_, i) => `k${i}: v`).join(', ');
  const apis = (count: number) => Array.from({ length: count }, (_, i) => ` a${i}: {dictionaries: *d}\n`).join('');
  const text = (count: number) => `version: 1\ndictionaries: &d\n x: {${entries}}\napis:\n${apis(count)}`;
  assert.deepEqual(problemsOf(text(100)), []);
  assertLines(problemsOf(text(600)), ['aliases repeat so much that there are more than 500000 values']);
});

test('defaults and steps that multiply are refused', () => {
  const headers = Array.from({ length: 90 }, (_, i) => `h${i}: v`).join(', ');
  const document = (steps: number) => ({
    version: 1,
    defaults: {
      function: 'f',
      mutations: { headers: { set: Object.fromEntries(headers.split(', ').map((h) => h.split(': '))) } },
    },
    inline: { functions: ['*'] },
    apis: { a: { request: Array.from({ length: steps }, () => ({ configuration: {} })) } },
  });
  const most = problemsOf(JSON.stringify(document(5_500)), 'p.json');
  assertLines(most, ['91 values of `defaults` apply to each of 5500 steps: at most 500000']);
  const { set } = load(JSON.stringify(document(10)), 'p.json');
  const inline = (steps: number) =>
    JSON.stringify({ request: Array.from({ length: steps }, () => ({ configuration: {} })) });
  assert.equal(set.inline(inline(100)).request.length, 100);
  assert.throws(() => set.inline(inline(110)), /91 values of `defaults` apply to each of 110 steps: at most 10000/);
});
