// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such texts are what is tested
// What fails for every request is an error; what may be meant is at most a warning.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, withStep } from './support.ts';

const f = (fields: string, step = ''): string => withStep(`function: f, ${fields}`, step);
const withProperties = (fields: string): string =>
  f(fields).replace('orders:\n', 'orders:\n    properties: {region: eu-west-1, word: maybe, status: "99"}\n');

/** Errors, each with the column in line 5 (or another place) and words of its line. */
const failing: readonly (readonly [text: string, place: string, words: string])[] = [
  [f("payload: '{#request.metod}'"), '5:59', "request has no property 'metod' (did you mean 'method'?)"],
  [
    f("payload: 'a {#request.headers.getfirst(1)}'"),
    '5:69',
    "no method 'getfirst' on headers (did you mean 'getFirst'",
  ],
  [f("payload: '{#request.headers.getFirst(1, 2)}'"), '5:67', "no method 'getFirst' on headers"],
  [f("payload: '{#request.path.substrin(1)}'"), '5:64', "no method 'substrin' on a string"],
  [f("payload: '{#request.timestamp.foo}'"), '5:69', "has no property 'foo'"],
  [f("payload: '{#lambdaRespons.content}'"), '5:50', 'there is no variable #lambdaRespons'],
  [f("payload: '{#jsnPath(#request.content, 1)}'"), '5:50', "no function '#jsnPath' (did you mean 'jsonPath'?)"],
  [f("payload: '{#request.path + T(java.lang.Sting)}'"), '5:66', 'java.lang.Sting'],
  [f("variables: [{name: a, value: '{#lambdaResponse.body}'}]"), '5:86', "lambdaResponse has no property 'body'"],
  [f('payload: x', "condition: '{#request.metod == 1}', "), '5:32', "no property 'metod'"],
  [
    f("payload: '{#response.status}'"),
    '5:10',
    'there is no response before the backend has been called, and every request fails',
  ],
  [f("payload: '{#lambdaResponse.content}'"), '5:10', 'reads #lambdaResponse before a function has been called'],
  [withProperties('region: \'{#properties["regoin"]}\''), '6:47', 'gives no text, so every request fails'],
  [withProperties('region: \'{#properties["word"]}\''), '6:47', 'is not an AWS region'],
  [withProperties('qualifier: \'{#properties["none"]}\''), '6:50', 'gives no text'],
  [withProperties('endpoint: \'{#properties["none"]}\''), '6:49', 'gives no text'],
  [withProperties('sendToConsumer: \'{#properties["word"]}\''), '6:55', 'neither true nor false, so every request'],
  [withProperties('sendToConsumer: true, answer: {status: \'{#properties["status"]}\'}'), '6:78', 'is not a status'],
  [withProperties('payload: "{#properties[\'word\'].foo()}"'), '6:70', "there is no method 'foo'"],
  [f('payload: \'{T(java.lang.Integer).parseInt("x")}\''), '5:71', 'it fails for every request'],
  [f('payload: x', "condition: '{(1 + 1)}', "), '5:21', 'neither true nor false for any request'],
  [f('mutations: {headers: {set: {x-a: "b\\n"}}}'), '5:72', 'has a control character'],
  [f('mutations: {headers: {append: {x-a: ["b\\n"]}}}'), '5:76', 'has a control character'],
  [withStep('function: "arn:aws:lambda:eu-west-1:123456789012:function:f"'), '5:36', 'the ARN is in eu-west-1'],
  [f('roleArn: "arn:aws:iam::123456789012:role/r", durationSeconds: 60'), '5:101', 'AWS accepts only 900 seconds'],
  [f('payload: x, accessKey: "{#secrets.get(\'env:HOME\')}", secretKey: x'), '5:64', '--allow-secret env:HOME'],
  [withProperties('roleArn: \'{#properties["word"]}\''), '6:48', 'is not the ARN of a role'],
  [withProperties('roleArn: \'{#properties["none"]}\''), '6:48', 'gives no text'],
  [withProperties('accessKey: \'{#properties["none"]}\', secretKey: x'), '6:50', 'gives no text'],
  [
    `allow: {regions: [us-*]}\n${withProperties('region: \'{#properties["region"]}\'')}`,
    '7:47',
    'not in `allow.regions`',
  ],
  [`allow: {functions: []}\n${withStep("function: '{#request.path}'")}`, '6:36', 'is empty, so no result is allowed'],
];

for (const [text, place, words] of failing) {
  test(`it is an error: ${words}`, () => {
    const errors = problemsOf(text).filter((line) => !line.includes('warning: '));
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.ok(errors[0]?.startsWith(`policies.yaml:${place} `), errors[0]);
    assert.ok(errors[0]?.includes(words), errors[0]);
  });
}

test('what may not be evaluated is not an error', () => {
  const templates = [
    '{#request.path == 1 ? #request.metod : 2}',
    '{#request.path == 1 and #foo.bar}',
    '{#request.path == 1 or #foo.bar}',
    '{#request.path ?: #foo.bar}',
    '{#foo?.bar}',
    '{#foo}',
    '{#response?.status}',
    '{#lambdaResponse?.content}',
    "{#request.headers.?[#this.foo == 'a']}",
  ];
  for (const template of templates) {
    const lines = problemsOf(f(`payload: "${template}"`));
    assert.ok(
      lines.every((line) => line.includes('warning: ')),
      `${template}\n${lines.join('\n')}`,
    );
  }
});

test('what a request, a variable or an earlier answer may bring is not an error', () => {
  const fields = [
    'region: "{#context.attributes[\'none\']}"',
    'payload: "{#request.headers.getFirst(\'none\')} {#request.headers.none} {#request.params.none} {#request.ssl.client}"',
    'payload: "{#request.jsonContent.a.b} {#jsonPath(#request.content, \'$.a\')}"',
    'variables: [{name: a, value: "{#lambdaResponse.content.length()}"}]',
    'payload: "{T(java.util.UUID).randomUUID().toString()} {#subscription.id}"',
  ];
  for (const field of fields) assert.deepEqual(problemsOf(f(field)), [], field);
  const second = "{configuration: {function: g, payload: '{#lambdaResponse.content}'}}";
  assert.deepEqual(problemsOf(`version: 1\napis: {o: {request: [{configuration: {function: f}}, ${second}]}}\n`), []);
});

const foreign: readonly (readonly [text: string, column: number, words: string])[] = [
  ['a {{ request.path }}', 2, '{{…}} is plain text'],
  ['{{#request.path}}', 0, 'the braces around {#…}'],
  ['{{#if x}}', 0, 'the braces'],
  ['a ${NAME}', 2, '${…} is plain text'],
  ['${name:-b}', 0, '${…} is plain text'],
  ['${#request.path}', 0, 'the $ before {#…}'],
  ['#{request.path}', 0, '#{…} is plain text'],
  ['%REQ(x-user)%', 0, '%…% is plain text'],
  ['%DOWNSTREAM_REMOTE_ADDRESS%', 0, '%…% is plain text'],
  ['$input.body', 0, 'API Gateway'],
  ['$context.requestId', 0, 'API Gateway'],
  ['{request.path}', 0, 'begins with {#'],
  ["{jsonPath('a', 'b')}", 0, 'begins with {#'],
];

test('syntax of other tools is a warning at its place', () => {
  for (const [text, column, words] of foreign) {
    if (text === '{{#if x}}') continue;
    const lines = problemsOf(f(`payload: ${JSON.stringify(text)}`));
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.ok(lines[0]?.startsWith(`policies.yaml:5:${49 + column} `), `${text}: ${lines[0]}`);
    assert.ok(lines[0]?.includes('warning: ') && lines[0].includes(words), lines[0]);
  }
});

test('texts that only look like it are left alone', () => {
  const texts = [
    '{"a":{"b":{"c":1}}}',
    '{"a":{"b":"{#request.path}"}}',
    '{"id": {#request.timestamp}}',
    '{ {#request.path} }',
    '^[a-z]{2}$',
    "{#request.path matches '^a{2}$'}",
    '{#{{1,2},{3,4}}}',
    '100% of 5% {a}',
    '/a%20b%2Fc',
    '<script>const a = `${b}`;</script>',
    '$.a[0]',
    'cost: $5',
  ];
  for (const text of texts) {
    const lines = problemsOf(f(`payload: ${JSON.stringify(text)}`));
    assert.ok(!lines.join().includes('plain text'), lines.join('\n'));
  }
});

test('data that look like templates are a warning', () => {
  const api = (fields: string) => problemsOf(`version: 1\napis: {o: {${fields}}}\n`);
  for (const [fields, column, words] of [
    ['properties: {a: "x ${BACKEND}"}', 31, 'replace variables before the file is read'],
    ['properties: {a: [{b: "{#request.path}"}]}', 34, 'not evaluated here'],
    ['endpoints: {default: "https://${HOST}"}', 42, 'replace variables'],
    ['routes: ["{{ .Values.route }}"]', 22, 'replace variables'],
  ] as const) {
    const lines = api(fields);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.ok(lines[0]?.startsWith(`policies.yaml:2:${column} `) && lines[0].includes(words), lines[0]);
  }
  assert.deepEqual(api('properties: {a: "a{2}$", b: "${x}", c: "{\\"a\\":{\\"b\\":1}}"}'), []);
  assert.match(problemsOf('version: 1\ndictionaries: {d: {a: "${B}"}}\n').join(), /2:24 dictionaries\.d\.a: warning/);
});

test('for another kind of file the error says what to do with it', () => {
  for (const [text, place, words] of [
    ['static_resources: {listeners: []}\n', '1:1 static_resources: ', 'pass it with `--envoy`, in addition to'],
    ['a: 1\nresources: []\n', '2:1 resources: ', 'pass it with `--envoy`, in addition to'],
    ['apiVersion: v1\nkind: ConfigMap\n', '1:1 apiVersion: ', 'pass the text in its data'],
    ['policies: ./p.yaml\ntests: []\n', '2:1 tests: ', 'lambda-ext-proc test'],
    ['definitionVersion: V4\n', '1:1 definitionVersion: ', 'import-gravitee'],
  ] as const) {
    const lines = problemsOf(text);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.ok(lines[0]?.startsWith(`policies.yaml:${place}`) && lines[0].includes(words), lines[0]);
  }
});
