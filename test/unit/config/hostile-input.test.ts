import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { checkEnvoy, loadPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import { parseJson, parseYaml, SourceError } from '../../../src/config/source/index.ts';
import { goodEnvoy } from './envoy-fixture.ts';
import { load } from './support.ts';

function loads(text: string, fileName: string): boolean {
  try {
    loadPolicies(text, fileName);
    return true;
  } catch (error) {
    assert.ok(error instanceof PolicyDocumentError, String(error));
    assert.ok(error.problems.every(({ line, column }) => line >= 1 && column >= 1));
    return false;
  }
}

const example = stringify({
  version: 1,
  limits: { bodyBytes: 1 },
  defaults: { region: 'eu-west-1', retry: { maxAttempts: 2 } },
  responseTemplates: { DEFAULT: { '*/*': { status: 500, body: '{#error.key}' } } },
  apis: {
    a: {
      routes: ['a-*'],
      properties: { p: [1, { q: null }] },
      request: [
        { name: 's', condition: '{#request.path == "/"}', configuration: { function: 'f', sendToConsumer: '{#true}' } },
      ],
      post: [{ configuration: { function: 'g', scope: 'RESPONSE', mutations: { headers: { set: { a: null } } } } }],
    },
  },
});

/** A text with a piece taken out, doubled, or replaced by something that means something. */
function spoilt(text: string): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    '',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '\n',
    '\t',
    '#',
    '&a ',
    '*a',
    '!!x ',
    '|',
    '>',
    '{#',
    '@@',
    '\u0000',
    '💥',
    '0x',
    '~',
  );
  return fc
    .tuple(fc.nat(text.length), fc.nat(12), fc.array(piece, { maxLength: 3 }))
    .map(([at, length, pieces]) => text.slice(0, at) + pieces.join('') + text.slice(at + length));
}

test('the example is valid before it is changed', () => {
  assert.ok(loads(example, 'policies.yaml'));
});

test('spoilt documents give problems with places and nothing else', () => {
  fc.assert(
    fc.property(spoilt(example), (text) => void loads(text, 'policies.yaml')),
    { numRuns: 2000 },
  );
  const json = JSON.stringify(
    { version: 1, apis: { a: { request: [{ configuration: { function: 'f' } }] } } },
    null,
    1,
  );
  fc.assert(
    fc.property(spoilt(json), (text) => void loads(text, 'policies.json')),
    { numRuns: 2000 },
  );
});

test('any data in any place gives problems and nothing else', () => {
  const keys = [
    'version',
    'apis',
    'defaults',
    'request',
    'configuration',
    'function',
    'mutations',
    'headers',
    'set',
    'ssl',
    'variables',
    'responseTemplates',
    'constructor',
    'toString',
  ];
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(1, 'x', '{#request.path}', '{#', null, true, -1.5, ''),
      fc.array(tie('data'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('data'), { maxKeys: 5 }),
    ),
  }));
  const document = fc.record({
    version: fc.constant(1),
    apis: fc.dictionary(fc.constantFrom('a', 'default'), data),
    defaults: data,
  });
  fc.assert(
    fc.property(document, (value) => void loads(JSON.stringify(value), 'policies.json')),
    { numRuns: 2000 },
  );
});

test('spoilt envoy configurations give problems and nothing else', () => {
  const policies = load('version: 1\napis: {orders: {request: [{configuration: {function: f}}]}}\n');
  fc.assert(
    fc.property(spoilt(goodEnvoy), (text) => {
      try {
        checkEnvoy(text, 'envoy.yaml', policies);
      } catch (error) {
        assert.ok(error instanceof PolicyDocumentError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('json is taken and refused as the platform does', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '"\\u00e9"',
    '"\\x"',
    '"\n"',
    '1',
    '-0.5e+3',
    '01',
    '1.',
    'true',
    'nul',
    ' ',
    '\n',
    'é',
  );
  const text = fc.oneof(
    fc.json(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      let expected: unknown;
      try {
        expected = JSON.parse(candidate);
      } catch {
        assert.throws(() => parseJson(candidate), SourceError);
        return;
      }
      try {
        assert.deepEqual(parseJson(candidate).data, expected);
      } catch (error) {
        // Stricter in these on purpose.
        assert.ok(error instanceof SourceError && /duplicate|__proto__|deeper/.test(error.message), String(error));
      }
    }),
    { numRuns: 5000 },
  );
});

/** Every style in which YAML can write a text, one after the other. */
const styles = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;

test('the place of each character of a text is found in every style', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', "'", '"', '\\', 'é', '\t'), minLength: 1, maxLength: 6 });
  const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(text, fc.constantFrom(...styles), fc.integer({ min: 0, max: 20 }), (before, style, indent) => {
      const value = `${before} ▸rest`;
      const written = stringify(
        { outer: { value } },
        { defaultStringType: style, lineWidth: 0, indent: Math.max(1, indent % 8) },
      );
      const source = parseYaml(written);
      const { line, column } = source.locateInText(['outer', 'value'], value.indexOf('▸'));
      assert.equal(written.split('\n')[line - 1]?.[column - 1], '▸', written);
    }),
    { numRuns: 2000 },
  );
});

test('lines of a literal block are found', () => {
  const line = fc.string({ unit: fc.constantFrom('a', ' ', '{', '#'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (lines, windows) => {
      const value = `x\n${lines.join('\n')}\n▸`;
      const unix = stringify({ outer: [{ value }] }, { defaultStringType: 'BLOCK_LITERAL', lineWidth: 0 });
      const written = windows ? unix.replaceAll('\n', '\r\n') : unix;
      const place = parseYaml(written).locateInText(['outer', 0, 'value'], value.indexOf('▸'));
      assert.equal(written.split('\n')[place.line - 1]?.[place.column - 1], '▸', written);
    }),
    { numRuns: 300 },
  );
});
