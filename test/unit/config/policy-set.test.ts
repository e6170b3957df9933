import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import { matchesGlob } from '../../../src/config/route-glob.ts';
import { load } from './support.ts';

const inlineText = (name: string): string => JSON.stringify({ request: [{ configuration: { function: name } }] });

test('globs match as written', () => {
  const cases: [string, string, boolean][] = [
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a**b', 'ab', true],
    ['a.b', 'axb', false],
    ['*ab*ab', 'ab', false],
    ['*ab*ab', 'abab', true],
    ['A', 'a', false],
  ];
  for (const [glob, name, expected] of cases) assert.equal(matchesGlob(glob, name), expected, `${glob} on ${name}`);
  assert.equal(matchesGlob('*a'.repeat(50), 'a'.repeat(100_000)), true);
});

test('the api called default is the fallback', () => {
  assert.equal(load('version: 1\napis: {default: {}}\n').set.fallback?.name, 'default');
  assert.equal(load('version: 1\napis: {other: {}}\n').set.fallback, undefined);
});

test('what the document does not say has defaults', () => {
  const { set } = load('version: 1\n');
  assert.equal(set.unmatched, 'reject');
  assert.equal(set.limits.bodyBytes, 6_291_456);
  assert.ok(Object.values(set.envoy).every((told) => told === undefined));
  const told = load(
    'version: 1\nunmatched: pass\nlimits: {bodyBytes: 5}\nenvoy: {messageTimeoutMs: 100, maxMessageTimeoutMs: 200}\n',
  ).set;
  assert.deepEqual(
    [told.unmatched, told.limits.bodyBytes, told.envoy.messageTimeoutMs, told.envoy.maxMessageTimeoutMs],
    ['pass', 5, 100, 200],
  );
});

test('inline policies are compiled once for each text', () => {
  const { set } = emptyPolicies({ functions: ['*'] });
  const first = set.inline(inlineText('f'));
  assert.equal(first.request[0]?.configuration.function.source, 'f');
  assert.match(first.name, /^inline:[0-9a-f]{8}$/);
  assert.equal(set.inline(inlineText('f')), first);
  assert.notEqual(set.inline(inlineText('g')).name, first.name);
});

test('the cache of inline policies is bounded', () => {
  const { set } = emptyPolicies({ functions: ['*'] });
  const first = set.inline(inlineText('f'));
  for (let index = 0; index < 1024; index++) set.inline(inlineText(`g${index}`));
  assert.notEqual(set.inline(inlineText('f')), first);
});

test('broken inline policies are refused with the same error each time', () => {
  const { set } = emptyPolicies({ functions: ['*'] });
  const errorOf = (text: string): PolicyDocumentError => {
    try {
      set.inline(text);
    } catch (error) {
      assert.ok(error instanceof PolicyDocumentError);
      return error;
    }
    return assert.fail('not refused');
  };
  const error = errorOf('{"request": [{"configuration": {"function": ""}}]}');
  assert.equal(errorOf('{"request": [{"configuration": {"function": ""}}]}'), error);
  assert.match(error.message, /^x-lambda-policies:1:45 request\.0\.configuration\.function: is missing/);
  assert.match(errorOf('request: []').message, /^x-lambda-policies:1:1 not valid JSON/);
  assert.match(errorOf('{"reqest": []}').message, /reqest: unknown field, did you mean request\?/);
  assert.match(errorOf(`{"name": "${'x'.repeat(16 * 1024)}"}`).message, /at most 16384 are accepted/);
  assert.match(errorOf(`{"name": "${'é'.repeat(8 * 1024)}"}`).message, /at most 16384 are accepted/);
});

test('inline policies get the documents defaults and templates', () => {
  const { set } = load(
    'version: 1\ninline: {functions: [f]}\ndefaults: {region: eu-west-1}\nresponseTemplates: {DEFAULT: {"*/*": {status: 503}}}\n',
  );
  const policies = set.inline(inlineText('f'));
  assert.equal(policies.request[0]?.configuration.region.source, 'eu-west-1');
  assert.equal(policies.responseTemplates.get('DEFAULT')?.get('*/*')?.status, 503);
});

test('inline policies are refused unless the document or a flag switches them on', () => {
  for (const { set } of [load('version: 1\ninline: false\n'), load('version: 1\n'), emptyPolicies()]) {
    assert.throws(() => set.inline(inlineText('f')), /`inline: false`.*--inline-functions/);
  }
});
