import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { readContext } from '../../../src/commands/eval-context.ts';
import { compileTemplate, type EvaluationContext, ExpressionError } from '../../../src/expression/index.ts';
import { contexts } from '../../conformance/score.ts';

const orders = () => readContext(contexts.orders);
const lambdaResponse = (content: string) => readContext({ lambdaResponse: { status: 200, content } }).lambdaResponse;
const needs = (template: string) =>
  Object.entries(compileTemplate(template).needs)
    .filter(([, isNeeded]) => isNeeded)
    .map(([name]) => name);

test('a template without expressions is constant', () => {
  for (const text of ['', 'plain', '{"a": {"b": 1}}', "{a} {'x'} { }", '{!#x}']) {
    assert.equal(compileTemplate(text).constant, text);
    assert.equal(compileTemplate(text).evaluate(orders()), text);
  }
  assert.equal(compileTemplate("{('a')}").constant, undefined);
});

test('what a template reads is known once it is compiled', () => {
  assert.deepEqual(needs('plain'), []);
  assert.deepEqual(needs("{#request.headers['x'][0]}"), ['request']);
  assert.deepEqual(needs('{#request.method}{#response.status}'), ['request', 'response']);
  assert.deepEqual(needs('{#request.content}'), ['request', 'requestBody']);
  assert.deepEqual(needs("{#jsonPath(#response.content, '$.a')}"), ['response', 'responseBody']);
  assert.deepEqual(needs("{#request['jsonContent']}"), ['request', 'requestBody']);
  assert.deepEqual(needs('{#request?.xmlContent?.a}'), ['request', 'requestBody']);
  assert.deepEqual(needs('{#request.Content}'), ['request', 'requestBody']);
  assert.deepEqual(needs("{#lambdaResponse.content}{#context.attributes['a']}{#error.key}"), [
    ...['lambdaResponse', 'lambdaResponseBody', 'attributes', 'error'],
  ]);
  assert.deepEqual(needs('{#properties.a}{#api.id}'), []);
});

test('what cannot be kept apart counts as read', () => {
  for (const template of [
    "{#request['con' + 'tent']}",
    '{#request[#properties.name]}',
    '{(true ? #request : #properties).content}',
    '{(#unknown ?: #request).content}',
    '{({#request}.![content])}',
    '{({#request}[0].content)}',
    '{({a: #request}.a.content)}',
    "{#jsonPath(#request, '$.content')}",
    '{#properties.#request.content}',
    '{({#request}.?[content != null].size())}',
  ]) {
    assert.ok(needs(template).includes('requestBody'), template);
  }
  assert.deepEqual(needs("{#request != null ? 'a' : 'b'}"), ['request']);
});

test('nothing is read from a context that a template does not mention', () => {
  const context: EvaluationContext = {
    get request(): never {
      throw new Error('read');
    },
    attributes: new Map(),
    variables: new Map([['a', 1]]),
  };
  assert.equal(compileTemplate('{#a}').evaluate(context), '1');
});

test('a body is parsed once for a transaction', () => {
  const parse = mock.method(JSON, 'parse');
  try {
    const content = '{"a": {"b": "x"}, "c": true}';
    const context = { ...orders(), lambdaResponse: lambdaResponse(content) };
    const template = compileTemplate(
      "{#jsonPath(#lambdaResponse.content, '$.a.b')} {#jsonPath(#lambdaResponse.content, '$.c')}",
    );
    const other = compileTemplate("{#jsonPath(#lambdaResponse.content, '$.a.b')}");
    assert.equal(template.evaluate(context), 'x true');
    assert.equal(other.evaluate(context), 'x');
    assert.equal(parse.mock.callCount(), 1);
    assert.equal(
      other.evaluate(Object.freeze({ ...orders(), lambdaResponse: lambdaResponse('{"a":{"b":"y"}}') })),
      'y',
    );
  } finally {
    parse.mock.restore();
  }
});

test('a value comes as data of javascript', () => {
  const value = (template: string) => compileTemplate(template).evaluateValue(orders());
  assert.equal(value('{(1 + 1)}'), 2);
  assert.equal(value('{(1.5)}'), 1.5);
  assert.equal(value('{(5L)}'), 5);
  assert.equal(value('{(9007199254740993L)}'), 9007199254740993n);
  assert.equal(value("{#request.method == 'POST'}"), true);
  assert.equal(value('{#unknown}'), null);
  assert.deepEqual(value("{({1, 'a', #group})}"), [1, 'a', ['orders/A-1001', 'A-1001']]);
  assert.deepEqual(
    value('{({a: 1, b: #groupName})}'),
    new Map<string, unknown>([
      ['a', 1],
      ['b', new Map([['version', 'v2']])],
    ]),
  );
  assert.deepEqual(value("{#request.headers['x-tags']}"), ['a', 'b', 'c']);
  assert.equal(value('a{(1)}'), 'a1');
  assert.throws(() => value('{#request}'), ExpressionError);
});

test('a condition is true or false as the original converts it', () => {
  const truth = (template: string) => compileTemplate(template).evaluateBoolean(orders());
  for (const yes of ["{#request.method == 'POST'}", 'true', "{('yes')}", "{('1')}", '{({true})}', ' ON ']) {
    assert.equal(truth(yes), true, yes);
  }
  for (const no of ['false', "{('off')}", '{(1 > 2)}']) assert.equal(truth(no), false, no);
  for (const neither of ['', 'maybe', '{#unknown}', '{(1)}', '{({})}']) {
    assert.throws(() => truth(neither), { name: 'ExpressionError' }, neither);
  }
});

test('an error shows the place and what would be right', () => {
  const explain = (template: string) => {
    try {
      compileTemplate(template).evaluate(orders());
    } catch (error) {
      if (error instanceof ExpressionError) return error.explain();
      throw error;
    }
    throw new Error('no error');
  };
  assert.equal(
    explain('id: {#request.metod}'),
    "request has no property 'metod' (did you mean 'method'?)\n  id: {#request.metod}\n                ^",
  );
  assert.equal(
    explain('{#request.id.substrin(1)}'),
    "there is no method 'substrin' on a string (did you mean 'substring'?)\n  {#request.id.substrin(1)}\n               ^",
  );
  assert.match(explain('{T(Strin).valueOf(1)}'), /no type 'Strin' \(did you mean 'String'\?\)\n.*\n {3}\^$/);
  assert.match(
    explain("{#jsonpath(#request.content, '$.a')}"),
    /no function '#jsonpath' \(did you mean 'jsonPath'\?\)/,
  );
  assert.match(
    explain('{#reqest.method}'),
    /^'method' cannot be read: #reqest is null \(did you mean '#request'\?\)\n/,
  );
  assert.match(explain('{#lambdaResponse.body}'), /no property 'body' \(it has status, headers, content\)\n/);
  assert.match(
    explain("{#request.headers['nope'][0]}"),
    /^\['nope'\] is null and has no elements \(\?\.\[…\] accepts null\)\n/,
  );
  assert.match(explain("{#context.attributes['nope'][0]}"), /^\['nope'\] is null and has no elements/);
  assert.match(explain('{#properties.nope.trim()}'), /^'trim' cannot be called: 'nope' is null\n/);
  assert.match(explain("{#request.headers.getfirst('a')}"), /on headers \(did you mean 'getFirst'\?\)\n/);
  assert.match(explain('{T(Math).maxx(1, 2)}'), /'maxx' on java\.lang\.Math \(did you mean 'max'\?\)\n/);
  assert.match(explain('{(new java.util.Dat())}'), /could be constructed \(did you mean 'java\.util\.Date'\?\)\n/);
  assert.match(explain('{#request.headers.X-Tier}'), /^'Tier' has no meaning here: .* with '-' in \['…'\]\n/);
  assert.match(explain("{(jsonPath(#request.content, '$.a'))}"), /^'jsonPath' has no meaning .* begins with #/);
  assert.match(explain('{#request.method > 5}'), /^a string and an int cannot be compared\n/);
  assert.match(explain('{(1 + )}'), /^expected an expression, not '\)'\n {2}\{\(1 \+ \)\}\n {8}\^$/);
  assert.match(explain('{#request.id'), /^expected } at the end of the expression\n {2}\{#request\.id\n {2}\^$/);
  assert.match(explain('{#request.headers[0}'), /'}' does not close '\['\n.*\n {21}\^$/);
  assert.match(explain('{#a = 1}'), /^assignment is not allowed\n {2}\{#a = 1\}\n {6}\^$/);
  assert.match(
    explain(`first\n${' '.repeat(100)}{(1 / 0)} and more\nlast`),
    /^\/ by zero\n {2}.*\{\(1 \/ 0\)\} and more\n {2,}\^$/,
  );
});

test('a message of an error does not show what a caller sent', () => {
  const secret = 'caller-secret-4711';
  const context = { ...orders(), variables: new Map<string, unknown>([['secret', secret]]) };
  for (const template of [
    '{#secret ? 1 : 2}',
    '{#secret.nothing}',
    '{#secret * #secret}',
    '{({1}[#secret + #secret])}',
    '{#secret > 1}',
    '{#request[#secret]}',
  ]) {
    assert.throws(
      () => compileTemplate(template).evaluate(context),
      (error) => error instanceof ExpressionError && !error.message.includes(secret),
      template,
    );
  }
});

test('names that have no meaning are doubts with their offset', () => {
  const doubts = (template: string, variables?: readonly string[]) =>
    compileTemplate(template)
      .doubts(variables)
      .map(({ offset, message }) => `${offset} ${message}`);
  assert.deepEqual(doubts('{#user.name}'), ['1 there is no variable #user, so it is null']);
  assert.deepEqual(doubts('{#user.name}', ['user']), []);
  assert.deepEqual(doubts('a {#request.Metod}'), ["12 request has no property 'Metod' (did you mean 'method'?)"]);
  assert.deepEqual(doubts('{#jsnPath(#request.content, 1)}'), [
    "1 there is no function '#jsnPath' (did you mean 'jsonPath'?)",
  ]);
  assert.deepEqual(doubts('{T(java.lang.Mth).max(1, 2)}'), [
    "1 there is no type 'java.lang.Mth' (did you mean 'java.lang.Math'?)",
  ]);
  const unknown = ['first', 'second', 'third'].map((name) => `there is no variable #${name}, so it is null`);
  const found = compileTemplate('{#user ? {#first} : #second.![#third]}').doubts(['user']);
  assert.deepEqual(
    found.map(({ message }) => message),
    unknown,
  );
  const known = [
    ...[
      '{#request.Method}{#request.getMethod}',
      '{#request.ssl.client}',
      '{#this}',
      '{#root}',
      '{T(Math).max(1, 2)}',
      '{#jsonPath}',
    ],
    ...[
      "{#request['metod']}",
      '{#request.headers.nothing}',
      "{#context.attributes['x']}",
      '{#a[0].b}'.replace('a', 'api.id'),
    ],
  ];
  for (const template of known) assert.deepEqual(doubts(template), [], template);
});

test('#json of a value is its JSON text, and hides no variable of that name', () => {
  const context: EvaluationContext = { attributes: new Map(), variables: new Map([['json', 'a"b']]) };
  const evaluate = (template: string) => compileTemplate(template).evaluate(context);
  assert.equal(evaluate('{#json(#json)}'), '"a\\"b"');
  assert.equal(evaluate('{"a": {#json(#unknown)}, "b": {#json({1, true})}}'), '{"a": null, "b": [1,true]}');
  assert.equal(evaluate('{#json}'), 'a"b');
  assert.throws(() => evaluate('{#json()}'), /#json takes 1 arguments, not 0/);
  assert.throws(() => evaluate('{#json(#context)}'), /context has no JSON form/);
});
