// `envoy:` of the document, of an API and of a route: which wins, and what is an error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyDocumentError } from '../../../src/config/index.ts';
import { api, assertLines, load, problemsOf } from './support.ts';

const document = `
version: 1
envoy: {allowModeOverride: true, messageTimeoutMs: 1000, version: "1.40"}
apis:
  orders: {envoy: {messageTimeoutMs: 2000, allowModeOverride: null, responseHeaders: false}}
  plain: {}
`;

test('an API lays its own upon the document, field by field, and null takes one away', () => {
  const loaded = load(document);
  assert.deepEqual(api(loaded).envoy, {
    allowModeOverride: undefined,
    responseHeaders: false,
    messageTimeoutMs: 2000,
    maxMessageTimeoutMs: undefined,
    version: '1.40',
    streamedCookies: undefined,
  });
  assert.deepEqual(api(loaded, 'plain').envoy, loaded.set.envoy);
});

test('a route lays its own upon both', () => {
  const { set } = load(document);
  const below = api(load(document)).envoy;
  const laid = set.layEnvoy('{"allowModeOverride": true, "messageTimeoutMs": null}', below);
  assert.deepEqual(
    [laid.allowModeOverride, laid.responseHeaders, laid.messageTimeoutMs, laid.version],
    [true, false, undefined, '1.40'],
  );
});

for (const [text, problem] of [
  ['', /1:1/],
  ['{', /1:2/],
  ['[]', /expected an object, got a list/],
  ['null', /expected an object, got null/],
  ['{"allowModeOveride": true}', /unknown field.*allowModeOverride/],
  ['{"allowModeOverride": "true"}', /expected true or false, got text/],
  ['{"messageTimeoutMs": 0}', /at least 1/],
  ['{"version": 1.4}', /expected text.*quotes/],
  [`{"version": "${'1'.repeat(2000)}"}`, /at most 1024/],
] as const) {
  test(`a route with ${text.slice(0, 40) || 'nothing'} is an error each time`, () => {
    const { set } = load('version: 1\n');
    for (let turn = 0; turn < 2; turn++) {
      assert.throws(
        () => set.layEnvoy(text, set.envoy),
        (error) => error instanceof PolicyDocumentError && problem.test(error.message),
      );
    }
  });
}

test('the old place of the timeouts is an error that names the new one', () => {
  assertLines(
    problemsOf('version: 1\nmessageTimeoutMs: 5\nmaxMessageTimeoutMs: 6\n'),
    ['2:1 messageTimeoutMs: unknown field: write it under `envoy`'],
    ['3:1 maxMessageTimeoutMs: unknown field: write it under `envoy`'],
  );
});

test('a version is text', () => {
  assertLines(problemsOf('version: 1\nenvoy: {version: 1.40}\n'), ['envoy.version: expected text', 'put it in quotes']);
  assertLines(problemsOf('version: 1\nenvoy: {version: latest}\n'), ['envoy.version: must be a version of Envoy']);
});

test('an API answers always when a step without a condition does, and no error lets the request continue', () => {
  const answers = (step: string) =>
    api(load(`version: 1\napis: {orders: {request: [{${step}}]}}\n`)).needs.answersAlways;
  const send = 'configuration: {function: f, sendToConsumer: true}';
  assert.equal(answers(send), true);
  assert.equal(answers(`condition: "{#request.method == 'GET'}", onConditionError: fail, ${send}`), false);
  assert.equal(answers(`onError: continue, ${send}`), false);
  assert.equal(answers("configuration: {function: f, sendToConsumer: '{#context.attributes.a}'}"), false);
  assert.equal(answers('configuration: {function: f}'), false);
});
