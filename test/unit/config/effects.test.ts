// What a step says and what can never take effect is an error, also in inline policies; what might is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyInline } from '../../support/inline-rights.ts';
import { assertLines, load, problemsOf, withStep } from './support.ts';

const at = 'apis.orders.request.0.configuration';
const answer = 'answer: {status: 403}';
const mutations = 'mutations: {headers: {set: {x-a: b}}}';
const expression = 'sendToConsumer: "{#lambdaResponse.status != 200}"';
const late = (text: string): string => text.replace('request:', 'response:');

test('answer without sendToConsumer', () => {
  for (const send of ['', 'sendToConsumer: false, ', 'sendToConsumer: "false", ', 'sendToConsumer: null, ']) {
    const text = withStep(`function: f, ${send}${answer}`);
    const words = ['answer: has no effect without sendToConsumer', '`sendToConsumer: true`', '`mutations`'];
    assertLines(problemsOf(text), [`${at}.${words[0]}`, ...words.slice(1)]);
    assertLines(problemsOf(late(text)), words);
  }
  for (const send of ['sendToConsumer: true', expression]) {
    assert.deepEqual(problemsOf(withStep(`function: f, ${send}, ${answer}`)), []);
    assert.deepEqual(problemsOf(late(withStep(`function: f, ${send}, ${answer}`))), []);
  }
  for (const empty of ['answer: {}', 'answer: null', 'answer: {headers: {}, status: null, body: null}']) {
    assert.deepEqual(problemsOf(withStep(`function: f, ${empty}`)), [], empty);
  }
});

test('mutations beside a sendToConsumer that is always true', () => {
  for (const each of [
    mutations,
    'mutations: {path: /a}',
    'mutations: {body: b}',
    'mutations: {clearRouteCache: true}',
  ]) {
    const text = withStep(
      `function: f, sendToConsumer: true, ${each}`,
      "condition: '{#request.content == null}', onConditionError: fail, ",
    );
    assertLines(problemsOf(text), [
      `${at}.mutations: has no effect: sendToConsumer is true`,
      'never forwarded',
      '`answer`',
    ]);
  }
  const response = late(withStep(`function: f, sendToConsumer: true, ${mutations}`));
  assertLines(problemsOf(response), ['mutations: has no effect: sendToConsumer is true', '`answer`']);
  assert.deepEqual(problemsOf(withStep(`function: f, ${expression}, ${mutations}, ${answer}`)), []);
  assert.deepEqual(problemsOf(late(withStep(`function: f, ${expression}, ${mutations}, ${answer}`))), []);
  assert.deepEqual(problemsOf(withStep('function: f, sendToConsumer: true, mutations: {headers: {}}')), []);
});

test('mutations of request steps after one that answers every request', () => {
  const chain = (first: string, second = mutations): readonly string[] =>
    problemsOf(
      `version: 1\napis:\n  orders:\n    request:\n      - ${first}\n      - {configuration: {function: g, ${second}}}\n`,
    );
  const always = '{name: app, configuration: {function: f, sendToConsumer: true}}';
  const words = ['request.1.configuration.mutations: has no effect: step app answers every request'];
  assertLines(chain(always), words);
  assertLines(chain(always.replace('{name', "{condition: 'true', name")), words);
  assertLines(chain(always, `sendToConsumer: true, ${mutations}`), ['sendToConsumer is true']);
  assert.deepEqual(chain(always, `sendToConsumer: true, ${answer}`), []);
  assert.deepEqual(chain(always, 'variables: [{name: v, value: w}]'), []);
  const mayPass = [
    always.replace('{name', "{condition: '{#request.content == null}', onConditionError: fail, name"),
    `{configuration: {function: f, ${expression}}}`,
  ];
  for (const first of mayPass) assert.deepEqual(chain(first), [], first);
  // A failure lets the request go on, which a warning tells.
  assertLines(chain(always.replace('{name', '{onError: continue, name')), ['onError: warning']);
  const inResponse = `version: 1\napis:\n  orders:\n    request: [${always}]\n    response: [{configuration: {function: g, ${mutations}}}]\n`;
  assert.deepEqual(problemsOf(inResponse), []);
});

test('what defaults lay under a step is not a mistake of the step', () => {
  const both = 'defaults: {answer: {status: 403}, mutations: {status: 201, path: /a, headers: {set: {x-a: b}}}}\n';
  for (const step of ['function: f', 'function: f, sendToConsumer: true', `function: f, ${expression}`]) {
    assert.deepEqual(problemsOf(`${both}${withStep(step)}`), [], step);
    assert.deepEqual(problemsOf(`${both}${late(withStep(step))}`), [], step);
  }
  const sends = `defaults: {sendToConsumer: true}\n${withStep(`function: f, ${mutations}`)}`;
  assertLines(problemsOf(sends), [`${at}.mutations: has no effect`]);
  assert.deepEqual(problemsOf(`defaults: {sendToConsumer: true}\n${withStep(`function: f, ${answer}`)}`), []);
});

test('a sendToConsumer that cannot be compiled is reported, and nothing that follows from it', () => {
  assertLines(problemsOf(withStep(`function: f, sendToConsumer: maybe, ${answer}`)), ['expected true, false']);
  assertLines(problemsOf(withStep(`function: f, sendToConsumer: "{#a(", ${answer}`)), ['sendToConsumer']);
});

test('a body beside a status that has none is a warning', () => {
  const body = (status: number, text = 'x'): string =>
    withStep(`function: f, sendToConsumer: true, answer: {status: ${status}, body: "${text}"}`);
  for (const status of [204, 304]) assertLines(problemsOf(body(status)), ['answer.body: warning: is never sent']);
  assert.deepEqual([...problemsOf(body(205)), ...problemsOf(body(204, ''))], []);
});

test('names of headers in answer', () => {
  const problems = (name: string, phase = 'request'): readonly string[] =>
    problemsOf(
      withStep(`function: f, sendToConsumer: true, answer: {headers: {set: {"${name}": x}}}`).replace(
        'request:',
        `${phase}:`,
      ),
    );
  assertLines(problems(':status'), ['use answer.status']);
  for (const name of [':path', ':authority', ':method']) assertLines(problems(name), ['is not a response header']);
  for (const name of ['connection', 'content-length', 'a b']) assert.doesNotMatch(problems(name).join(), /warning|^$/);
  for (const phase of ['request', 'response']) {
    assertLines(problems('x-envoy-decorator', phase), ['warning: Envoy silently drops this change', 'allow_envoy']);
  }
  const twice = 'function: f, sendToConsumer: true, answer: {headers: {set: {x-a: "1", X-A: "2"}}}';
  assertLines(problemsOf(withStep(twice)), ['answer.headers.set.X-A: duplicate header']);
});

test('inline policies are checked the same', () => {
  const { set } = load(JSON.stringify({ version: 1, inline: anyInline }), 'policies.json');
  const inline = (configuration: object) => () =>
    set.inline(JSON.stringify({ request: [{ configuration: { function: 'f', ...configuration } }] }));
  assert.throws(inline({ answer: { status: 403 } }), /answer: has no effect without sendToConsumer/);
  assert.throws(inline({ sendToConsumer: true, mutations: { body: 'x' } }), /mutations: has no effect/);
  assert.doesNotThrow(inline({ sendToConsumer: true, answer: { status: 403 } }));
});

test('a response that a step has not got yet is reported, also where the step answers itself', () => {
  const reads = withStep('function: f, sendToConsumer: true, answer: {body: "{#response.content}"}');
  assertLines(problemsOf(reads), ['configuration: ', 'reads the response, which is null here']);
});

test('an answer that takes the place of a refusal is a warning, unless the step looks whether there is one', () => {
  const chain = (first: string, second: string): readonly string[] =>
    problemsOf(
      `version: 1\napis:\n  orders:\n    request:\n      - {name: guard, configuration: {function: f, ${first}}}\n      - {${second}}\n`,
    );
  const app = 'configuration: {function: g, sendToConsumer: true}';
  const words = ['request.1.configuration.sendToConsumer: warning: ', 'step guard refuses', '{#response == null}'];
  assertLines(chain(expression, app), words);
  const elsewhere = `condition: "{#request.path == '/a'}", onConditionError: fail, ${app}`;
  assertLines(chain(expression, elsewhere), words);
  assert.deepEqual(chain(expression, `condition: "{#response == null}", onConditionError: fail, ${app}`), []);
  assert.deepEqual(chain(expression, `configuration: {function: g, ${expression}}`), [], 'it refuses too');
  assert.deepEqual(chain('sendToConsumer: false', app), []);
  assert.deepEqual(chain(`sendToConsumer: true`, app), [], 'no caller gets the first answer');
});
