// Warnings of values that a JSON text takes in as they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, withStep } from './support.ts';

/** The warnings of a payload, as `kind@column of the text`. */
function warnings(text: string, field = 'payload'): readonly string[] {
  const document = { version: 1, apis: { orders: { request: [{ configuration: { function: 'f', [field]: text } }] } } };
  const lines = problemsOf(JSON.stringify(document), 'policies.json');
  return lines.filter((line) => /quotes: remove|unescaped, so/.test(line));
}

const warned = (text: string, count = 1) => assert.equal(warnings(text).length, count, text);
const fine = (text: string) => assert.deepEqual(warnings(text), [], text);

test('a value of a caller in a JSON text is warned of, with its place and remedy', () => {
  const text =
    "version: 1\napis:\n  a:\n    request:\n      - configuration:\n          function: f\n          payload: '{\"user\": \"{#request.headers[''x''][0]}\", \"n\": {#jsonPath(#request.content, ''$.n'')}}'\n";
  const lines = problemsOf(text);
  assert.equal(lines.length, 2, lines.join('\n'));
  assert.match(
    lines[0] ?? '',
    /^policies\.yaml:7:32 apis\.a\.request\.0\.configuration\.payload: warning: .*write the body as an object, or \{#json\(…\)\} without the quotes around it, at character \d+ of the text$/,
  );
  assert.match(
    lines[1] ?? '',
    /^policies\.yaml:7:\d+ .*write the body as an object, or \{#json\(…\)\}, at character \d+ of the text$/,
  );
});

test('wherever a text may be JSON: payload, mutations.body, answer.body, a response template, clientContext, a leaf', () => {
  const bad = '{"a": "{#request.path}"}';
  const line = (configuration: object, api: object = {}) =>
    problemsOf(
      JSON.stringify({
        version: 1,
        apis: { a: { ...api, request: [{ configuration: { function: 'f', ...configuration } }] } },
      }),
      'p.json',
    ).filter((each) => each.includes('unescaped, so'));
  assert.match(line({ mutations: { body: bad } })[0] ?? '', /configuration\.mutations\.body: warning/);
  const answer = { sendToConsumer: '{#lambdaResponse.status == 200}', answer: { body: bad } };
  assert.match(line(answer)[0] ?? '', /configuration\.answer\.body: warning/);
  assert.match(line({ payload: { message: bad } })[0] ?? '', /configuration\.payload\.message: warning/);
  const context = line({ clientContext: bad });
  assert.match(
    context[0] ?? '',
    /configuration\.clientContext: warning: .*: write \{#json\(…\)\} without the quotes around it, at character \d+ of the text$/,
  );
  const templates = { responseTemplates: { DEFAULT: { '*/*': { status: 500, body: '{"a": "{#error.message}"}' } } } };
  assert.match(line({}, templates)[0] ?? '', /responseTemplates\.DEFAULT\["\*\/\*"\]\.body: warning/);
  assert.equal(line({ variables: [{ name: 'v', value: bad }] }).length, 0);
});

test('what a caller, a function or a backend chooses is warned of', () => {
  warned('{"a": "{#request.path}"}');
  warned('{"a": {#request.content}}');
  warned('  [ "{#context.attributes[\'x\']}" ]');
  warned('{"a": "{#lambdaResponse.content}"}');
  warned('{"a": "x {#request.id} y", "b": {#response.content}}', 2);
  warned('{"a": "{#request.params[\'q\'] ?: \'none\'}"}');
  warned('{"a": "{#request.method == \'GET\' ? #request.path : 1}"}');
  warned('{"a": "{(#request.path + 1)}"}');
  warned('{"a": "{#properties[#request.path]}"}');
  warned('{"{#request.path}": 1}');
  warned('[{#request.content}, {#request.path}]', 2);
  warned('{"a": {#jsonEscape(#request.path)}}');
  warned('{"a\\"": "{#request.path}"}');
  warned('{"a": "{(\'x\' * #request.path.length())}{#request.path}"}', 2);
});

test('JSON is known by a key that an expression gives, as one string, and where an expression joins it', () => {
  warned('{ {#request.path}: 1}');
  warned('{{#json(#request.path)}: "{#request.path}"}');
  warned('"{#request.path}"');
  warned(`{('{"a": "' + #request.path + '"}')}`);
  warned(`{('{"a": "'.concat(#request.path).concat('"}'))}`);
  warned(`{(#request.path == '/' ? '{}' : '{"a": "' + #request.path + '"}')}`);
  warned(`{(#request.content ?: '["' + #request.path + '", 1]')}`);
  warned(`{('{"a": "'${' + #request.path'.repeat(500)} + '"}')}`, 500);
  fine(`{('{"a": ' + #json(#request.path) + '}')}`);
  fine(`{('{"a": "' + #jsonEscape(#request.path) + '", "b": ' + 1 + '}')}`);
  fine(`{('Hello ' + #request.path)}`);
  fine('"a" is {#request.path}, "b"');
});

test('#json between quotes results in two pairs of them', () => {
  const [line = '', ...rest] = warnings('{"a": "{#json(#request.path)}"}');
  assert.deepEqual(rest, []);
  assert.match(line, /\{#json\(…\)\} adds its own quotes: remove the quotes around it/);
});

test('what cannot break JSON is not warned of', () => {
  fine('{"a": {#json(#request.path)}, "b": [{#json(#request.content)}]}');
  fine('{"a": "{#jsonEscape(#request.path)}"}');
  fine('{"a": "{#request.path != null ? #jsonEscape(#request.path) : \'none\'}"}');
  fine('{"a": "{(\'p:\' + #jsonEscape(#request.path))}"}');
  fine('{"a": {#request.timestamp}, "b": {#lambdaResponse.status}, "c": "{#response.status}"}');
  fine(
    '{"a": {(#request.path == \'/\')}, "b": {#request.content.length()}, "c": {#request.headers.containsKey(\'x\')}}',
  );
  fine(
    '{"a": {(1 + 2)}, "b": {T(Integer).parseInt(#request.params[\'n\'][0])}, "c": {T(Math).max(1, 2)}, "d": {(!#unknown)}}',
  );
  fine('{"a": "{#properties[\'x\']}", "b": "{#api.name}", "c": "{#dictionaries[\'a\'][\'b\']}", "d": "{#error.key}"}');
  fine('{"a": "{#request.method}", "b": "{T(java.util.UUID).randomUUID()}"}');
});

test('what is not JSON text is not warned of', () => {
  for (const text of [
    '{#request.content}',
    ' {#request.content} ',
    '{#request.content}\n{"a": 1}',
    'user={#request.path}',
    '[info] {#request.path}',
    '[{#request.id}] {#request.path}',
    '{total: {#request.path}}',
    '<a>{#request.path}</a>',
    '{"a": 1}',
    '',
  ]) {
    fine(text);
  }
});

test('an object body is not warned of', () => {
  assert.deepEqual(problemsOf(withStep('function: f, payload: {a: "{#request.path}", b: "{#request.content}"}')), []);
});
