import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../../src/config/index.ts';
import { loadPoliciesInThread } from '../../../src/config/load-in-thread.ts';
import { SecretStore } from '../../../src/config/secrets/index.ts';
import type { EvaluationContext } from '../../../src/expression/index.ts';
import type { PolicySet } from '../../../src/policy/index.ts';
import { checkHostileBodies } from '../../support/hostile-body-check.ts';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';
import { assertLines, firstStep, load, problemsOf, withStep } from './support.ts';

const nothing: EvaluationContext = { attributes: new Map(), variables: new Map() };

/** A context with a body and attributes; `content` is JSON or text. */
const context = (content: unknown, attributes: Readonly<Record<string, string | null>> = {}): EvaluationContext => ({
  ...nothing,
  variables: new Map([['body', typeof content === 'string' ? content : JSON.stringify(content)]]),
  attributes: new Map(Object.entries(attributes)),
});

/** The payload of a step whose `payload` is this YAML flow text. */
function payloadOf(yaml: string, of = nothing): string {
  const bytes = firstStep(load(withStep(`function: f, payload: ${yaml}`))).configuration.requestFormat.encode(of);
  assert.ok(bytes);
  return Buffer.from(bytes).toString();
}

test('300 object bodies with a caller’s hostile texts at every leaf are valid JSON with the same values', (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const classes = checkHostileBodies(seed, 300);
  t.diagnostic(`seed ${seed}`);
  for (const [name, count] of classes) t.diagnostic(`${name}: ${count}`);
  assert.equal(classes.size, 21);
});

test('a leaf that is one expression keeps the type of its value, any other is text', () => {
  const of = context({ n: 7, yes: true, none: null, list: [1, 'a'], map: { x: {} }, text: '7' });
  const read = (name: string) => `"{#jsonPath(#body, '$.${name}')}"`;
  assert.equal(
    payloadOf(`[${['n', 'yes', 'none', 'list', 'map', 'text'].map(read).join(', ')}]`, of),
    '[7,true,null,[1,"a"],{"x":{}},"7"]',
  );
  assert.equal(
    payloadOf(`{a: "n={#jsonPath(#body, '$.n')}", b: " {#unknown}", c: "{#unknown}"}`, of),
    '{"a":"n=7","b":" ","c":null}',
  );
  assert.equal(
    payloadOf('{a: "{(1 + 1)}", b: "{(1 == 1)}", c: "{(7 / 2.0)}", d: "{({1, 2})}", e: "{({a: 1})}"}'),
    '{"a":2,"b":true,"c":3.5,"d":[1,2],"e":{"a":1}}',
  );
  assert.equal(payloadOf(`{a: "{(1L)}", b: "{(new java.math.BigDecimal('2.50'))}"}`), '{"a":1,"b":2.50}');
});

test('literals stay what they are in YAML, and numbers keep their digits', () => {
  assert.equal(
    payloadOf('{a: 1.10, b: 12345678901234567890, c: -0.0, d: 1e3, e: 1E+400}'),
    '{"a":1.10,"b":12345678901234567890,"c":-0.0,"d":1e3,"e":1E+400}',
  );
  assert.equal(payloadOf('[+5, .5, -.5, 5., 0x1F, 0o17, !!float 1.50]'), '[5,0.5,-0.5,5,31,15,1.50]');
  assert.equal(
    payloadOf('{a: null, b: , c: ~, d: true, e: "true", f: no, g: 2024-02-29, h: "1.10"}'),
    '{"a":null,"b":null,"c":null,"d":true,"e":"true","f":"no","g":"2024-02-29","h":"1.10"}',
  );
  assert.equal(payloadOf('{}'), '{}');
  assert.equal(payloadOf('[]'), '[]');
  assert.equal(payloadOf('{a: {}, b: [], c: ""}'), '{"a":{},"b":[],"c":""}');
  assert.equal(
    payloadOf('{1: a, true: b, "": c, "a\\nb\\u2028\\"": d}'),
    '{"1":"a","true":"b","":"c","a\\nb\u2028\\"":"d"}',
  );
});

test('numbers of a caller’s JSON keep their digits', () => {
  const numbers = '[1.10, 100.00, 1e3, 1E400, 12345678901234567890, 0.12345678901234567890, -0.0, 5e-324]';
  const written = '[1.10,100.00,1e3,1E400,12345678901234567890,0.12345678901234567890,-0.0,5e-324]';
  assert.equal(payloadOf('{all: "{#jsonPath(#body, \'$.n\')}"}', context(`{"n":${numbers}}`)), `{"all":${written}}`);
  assert.equal(payloadOf('["{#jsonPath(#body, \'$.n\')}"]', context('{"n": 1.10}')), '[1.10]');
  assert.equal(payloadOf("'{\"n\": {#json(#jsonPath(#body, ''$.n''))}}'", context('{"n": 1.10}')), '{"n": 1.10}');
  // What only the lenient reader takes for a number is written as one of JSON.
  assert.equal(payloadOf('["{#jsonPath(#body, \'$.n\')}"]', context('{n: [007.50, 1., .5]}')), '[[7.5,1.0,".5"]]');
});

test('YAML aliases are written out, each with the digits of its anchor', () => {
  const text = `version: 1
dictionaries: {x: {price: &price 1.10, who: &who {id: "{#unknown}", n: 2.0}}}
apis: {orders: {request: [{configuration: {function: f, payload: {a: *price, b: [*who, *who]}}}]}}
`;
  const bytes = firstStep(load(text)).configuration.requestFormat.encode(nothing);
  assert.equal(Buffer.from(bytes ?? '').toString(), '{"a":1.10,"b":[{"id":null,"n":2.0},{"id":null,"n":2.0}]}');
});

test('a reload compiles the same digits without the text of the document', async () => {
  const text =
    'version: 1\ndefaults: {payload: {d: 2.50}}\napis: {a: {request: [{configuration: {function: f, payload: {n: 1.10}}}, {configuration: {function: f}}]}}\n';
  const payloads = (set: PolicySet) =>
    set
      .byName('a')
      ?.request.map(({ configuration }) => Buffer.from(configuration.requestFormat.encode(nothing) ?? '').toString());
  const loaded = await loadPoliciesInThread(text, 'policies.yaml', new SecretStore());
  assert.deepEqual(payloads(loaded.set), ['{"n":1.10}', '{"d":2.50}']);
  assert.deepEqual(payloads(loadPolicies(text, 'policies.yaml').set), ['{"n":1.10}', '{"d":2.50}']);
});

test('a constant object is encoded once, and the same bytes go to all requests', () => {
  const { requestFormat } = firstStep(load(withStep('function: f, payload: {a: [1, {b: x}]}'))).configuration;
  assert.equal(Buffer.from(requestFormat.shared ?? '').toString(), '{"a":[1,{"b":"x"}]}');
  assert.equal(requestFormat.encode(nothing), requestFormat.shared);
});

test('a body of a step takes the place of that of `defaults` whole', () => {
  const text = `version: 1
defaults: {payload: {from: defaults, x: 1}, mutations: {headers: {set: {x-a: a}}, body: {from: defaults}}}
apis: {orders: {request: [{configuration: {function: f, payload: {own: null}, mutations: {body: [1]}}}]}}
`;
  const { requestFormat, mutations } = firstStep(load(text)).configuration;
  assert.equal(Buffer.from(requestFormat.encode(nothing) ?? '').toString(), '{"own":null}');
  assert.deepEqual([mutations.body?.constant, mutations.set.length], ['[1]', 1]);
});

test('what is not a body is refused with its place and remedy', () => {
  const line = (yaml: string) => problemsOf(withStep(`function: f, payload: ${yaml}`));
  for (const yaml of ['5', 'true', '1.5', '.inf']) {
    assertLines(line(yaml), [
      'policies.yaml:5:',
      'configuration.payload: expected text in quotes, an object or a list',
    ]);
  }
  assertLines(
    line('{a: [.inf, -.inf, .nan]}'),
    ['payload.a.0: is not a valid number in JSON:'],
    ['payload.a.1'],
    ['payload.a.2'],
  );
  assertLines(line('{"{#request.id}": 1}'), ['payload["{#request.id}"]: a key is plain text', '{#json(…)}']);
  assertLines(line('{a: [{"x{ #y }": 1}]}'), ['a key is plain text']);
  assertLines(line('{(1 + 1)}'), ['payload["(1 + 1)"]: is an expression without quotes', 'write "{…}" in quotes']);
  assertLines(line('{id: {T(Math).random()}}'), ['is an expression without quotes']);
  assertLines(line('{<<: {a: 1}}'), ["YAML's merge key is not supported"]);
  assertLines(line('{a: !!binary aGk=}'), ['payload.a: is not a valid value in JSON:']);
  assertLines(line('{a: 1, "a": 2}'), ['duplicate field,']);
  assertLines(line('{__proto__: 1}'), ['"__proto__" cannot be a name']);
  assertLines(line('{a: "{#secrets.get(\'env:LAMBDA_EXT_PROC_SECRET_X\')}"}'), [
    'payload.a: secrets are for credential fields only',
  ]);
  assertLines(line('{a: "{#request.}"}'), ['payload.a: ', 'at character']);
  assert.equal(payloadOf('{"{": "}", "#x": 1, "(a)": "", "{x}": y}'), '{"{":"}","#x":1,"(a)":"","{x}":"y"}');
});

test('values of the language without a JSON form are reported with the leaf that they stand in', () => {
  const fails = (expression: string, message: RegExp) =>
    assert.throws(
      () => payloadOf(`{a: [x, {b: "${expression}"}]}`),
      (error: Error) => message.test((error.cause as Error).message),
    );
  fails('{#context}', /^in a\.1\.b: context has no JSON form/);
  fails("{#jsonPath(#body, '$.n')}", /^in a\.1\.b: /);
  fails(
    '{(#body ?: T(java.time.LocalDate).now())}',
    /^in a\.1\.b: a java\.time\.LocalDate has no JSON form: .*\.toString\(\)/,
  );
  fails("{({1: #body, '1': 'b'})}", /^in a\.1\.b: two keys of a map have the same name in JSON/);
  // What fails for every request is an error of the document.
  const refused = (expression: string) => problemsOf(withStep(`function: f, payload: {a: [x, {b: "${expression}"}]}`));
  assertLines(refused('{T(java.time.LocalDate).now()}'), ['payload.a.1.b: a java.time.LocalDate has no string form']);
  assertLines(refused("{({1: 'a', '1': 'b'})}"), ['payload.a.1.b: two keys of a map have the same name in JSON']);
  assert.equal(payloadOf(`{a: "{({1: 'a', true: 'b'})}"}`), '{"a":{"1":"a","true":"b"}}');
  assert.equal(
    payloadOf(`{a: "{('ab'.getBytes())}", b: "{('ab'.charAt(0))}", c: "{(1.0 / 0)}"}`),
    '{"a":[97,98],"b":"a","c":null}',
  );
  assert.equal(payloadOf(`{a: "{T(java.time.LocalDate).parse('2024-02-29').toString()}"}`), '{"a":"2024-02-29"}');
});

test('deep and long values are bounded, and paid for as they grow', () => {
  const nested = `${'['.repeat(390)}1${']'.repeat(390)}`;
  assert.equal(payloadOf('{a: "{#jsonPath(#body, \'$.n\')}"}', context(`{"n":${nested}}`)), `{"a":${nested}}`);
  const control = '\u0001'.repeat(3_000_000);
  const long = payloadOf('{a: "{#body}", b: 1}', context(control));
  assert.deepEqual(JSON.parse(long), { a: control, b: 1 });
  assert.throws(
    () => payloadOf(`[${'"{#body}", '.repeat(20)}1]`, context('\u0001'.repeat(4_000_000))),
    (error: Error) => /more steps than are allowed|longer than/.test((error.cause as Error).message),
  );
  const pair = `${'x'.repeat((1 << 20) - 1)}😀\ud800`;
  assert.equal(JSON.parse(payloadOf('["{#body}"]', context(pair)))[0], pair);
  assert.ok(payloadOf('["{#body}"]', context(pair)).includes('😀'), 'a pair at the edge of a slice is not torn');
});

test('inline policies take objects, with the digits of their numbers', () => {
  const { set } = load('version: 1\ninline: {functions: ["*"], regions: ["*"]}\n');
  const api = (payload: string) => `{"request":[{"configuration":{"function":"f","payload":${payload}}}]}`;
  const bytes = set.inline(api('{"n":1.10,"u":"{#unknown}"}')).request[0]?.configuration.requestFormat.encode(nothing);
  assert.equal(Buffer.from(bytes ?? '').toString(), '{"n":1.10,"u":null}');
  const withDefaults = load(
    'version: 1\ninline: {functions: ["*"], regions: ["*"]}\ndefaults: {payload: {n: 1.10}}\n',
  ).set;
  const inherited = withDefaults.inline('{"request":[{"configuration":{"function":"f"}}]}').request[0]?.configuration;
  assert.equal(Buffer.from(inherited?.requestFormat.encode(nothing) ?? '').toString(), '{"n":1.10}');
  assert.throws(() => set.inline(api('{"{#x}":1}')), /a key is plain text/);
  assert.throws(() => set.inline(api('{"a":"{#secrets.get(\'env:X\')}"}')), /secrets are for credential fields only/);
});

test('an object that replaces a body sets its type, unless headers name it', async () => {
  const body = { tier: '{#lambdaResponse.content}' };
  const answered = async (headers: object | undefined, before?: string) => {
    const mutations = headers === undefined ? { body } : { body, headers };
    const run = policyRun(
      { apis: { default: { response: [step('f', { payload: 'x', mutations })] } } },
      { functions: { f: () => 'gold "1"' } },
    );
    await run.request();
    await run.response(200, before === undefined ? {} : { 'content-type': before }, 'old');
    const message = run.transaction.response;
    return [message?.headers.values('content-type'), message?.content];
  };
  const json = '{"tier":"gold \\"1\\""}';
  assert.deepEqual(await answered(undefined), [['application/json'], json]);
  assert.deepEqual(await answered({}, 'text/html'), [['application/json'], json]);
  assert.deepEqual(await answered({ set: { 'Content-Type': 'application/hal+json' } }, 'text/html'), [
    ['application/hal+json'],
    json,
  ]);
  assert.deepEqual(await answered({ remove: ['content-type'] }, 'text/html'), [undefined, json]);
  assert.deepEqual(await answered({ set: { 'content-type': null } }, 'text/html'), [undefined, json]);
});

test('a text that replaces a body leaves the type alone', async () => {
  const run = policyRun({ apis: { default: { response: [step('f', { mutations: { body: '{"a": 1}' } })] } } });
  await run.request();
  await run.response(200, { 'content-type': 'text/html' }, 'old');
  assert.deepEqual(run.transaction.response?.headers.values('content-type'), ['text/html']);
});

test('a response template may be an object, as JSON of the type that was asked for', async () => {
  const body = {
    error: '{#error.key}',
    status: '{#error.statusCode}',
    path: '{#request.path}',
    message: '{#error.message}',
  };
  const answer = async (mediaType: string, headers: object, accept: string) => {
    const responseTemplates = { AWS_LAMBDA_INVALID_RESPONSE: { [mediaType]: { status: 502, headers, body } } };
    const run = policyRun(
      { apis: { default: { responseTemplates, request: [step('f')] } } },
      {
        functions: { f: () => ({ status: 200, functionError: 'Unhandled', payload: Buffer.from('{}') }) },
        headers: { accept },
        path: '/a"b\\',
      },
    );
    return answerOf(await run.request());
  };
  const first = await answer('*/*', {}, '*/*');
  assert.equal(first.headers['content-type'], 'application/json');
  const { error, status, path } = JSON.parse(first.body ?? '');
  assert.deepEqual({ error, status, path }, { error: 'AWS_LAMBDA_INVALID_RESPONSE', status: 500, path: '/a"b\\' });
  assert.equal(
    (await answer('application/problem+json', {}, 'application/problem+json')).headers['content-type'],
    'application/problem+json',
  );
  assert.equal((await answer('text/html', {}, 'text/html')).headers['content-type'], 'application/json');
  assert.equal((await answer('*/*', { 'content-type': 'text/x' }, '*/*')).headers['content-type'], 'text/x');
});

test('bodies that the leaves read are asked for', () => {
  const needs = (payload: string) => firstStep(load(withStep(`function: f, payload: ${payload}`))).needs;
  assert.equal(needs('{a: 1, b: ["{#request.content}"]}').requestBody, true);
  assert.equal(needs('{a: "{#request.path}"}').requestBody, false);
});
