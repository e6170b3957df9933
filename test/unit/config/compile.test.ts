import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LambdaConfiguration } from '../../../src/policy/index.ts';
import { api, assertLines, firstStep, load, problemsOf, withStep } from './support.ts';

function payloadOf({ requestFormat }: LambdaConfiguration): string | undefined {
  const payload = requestFormat.encode({ attributes: new Map(), variables: new Map() });
  return payload === undefined ? undefined : Buffer.from(payload).toString();
}

test('the policy page sample pastes in unchanged', () => {
  const step = {
    name: 'sample',
    description: 'as exported',
    enabled: true,
    policy: 'aws-lambda',
    configuration: {
      variables: [{ name: 'lambdaResponse', value: "{#jsonPath(#lambdaResponse.content, '$')}" }],
      secretKey: 'secretKey',
      accessKey: 'accessKey',
      payload: '{ "key": "value" }',
      scope: 'REQUEST',
      function: 'lambda-example',
      region: 'us-east-1',
      sendToConsumer: true,
      endpoint: 'http://aws-lambda-url/function',
    },
  };
  const loaded = load(JSON.stringify({ version: 1, apis: { orders: { request: [step] } } }), 'p.json');
  const { configuration, name, body } = firstStep(loaded);
  assert.equal(name, 'sample');
  assert.equal(body, 'as-needed');
  assert.equal(payloadOf(configuration), '{ "key": "value" }');
  assert.equal(configuration.sendToConsumer, true);
  const { accessKey, secretKey } = configuration.credentials.constant ?? {};
  assert.deepEqual([accessKey, secretKey], ['accessKey', 'secretKey']);
});

test('absent fields have the defaults of the reference', () => {
  const { configuration, condition, onConditionError, onError } = firstStep(load(withStep('function: f')));
  assert.deepEqual([condition, onConditionError, onError], [undefined, 'skip', 'fail']);
  assert.equal(configuration.region.constant, 'us-east-1');
  assert.deepEqual([configuration.invocationType, configuration.logType], ['RequestResponse', 'None']);
  assert.equal(configuration.sendToConsumer, false);
  const { connectionTimeoutMs, readTimeoutMs, apiCallTimeoutMs, apiCallAttemptTimeoutMs } = configuration.transport;
  assert.deepEqual([connectionTimeoutMs, readTimeoutMs], [2000, 30_000]);
  assert.deepEqual([apiCallTimeoutMs, apiCallAttemptTimeoutMs], [undefined, undefined]);
});

test('null means absent', () => {
  const nulls =
    'payload: null, qualifier: null, endpoint: null, variables: null, ssl: null, region: null, roleArn: null';
  const { configuration } = firstStep(load(withStep(`function: f, ${nulls}, sendToConsumer: null, mutations: null`)));
  assert.deepEqual(
    [payloadOf(configuration), configuration.texts.qualifier, configuration.texts.endpoint],
    [undefined, undefined, undefined],
  );
  assert.equal(configuration.region.constant, 'us-east-1');
  assert.deepEqual(configuration.variables, []);
});

test('an empty payload is none and whitespace is one', () => {
  assert.equal(payloadOf(firstStep(load(withStep('function: f, payload: ""'))).configuration), undefined);
  assert.equal(payloadOf(firstStep(load(withStep('function: f, payload: " "'))).configuration), ' ');
});

test('defaults are merged deeply and the step wins', () => {
  const defaults =
    'defaults: {region: eu-west-1, readTimeoutMs: 5, variables: [{name: d}], mutations: {headers: {set: {x-a: d, x-b: d}}}}\n';
  const step = withStep('function: f, readTimeoutMs: 7, variables: [], mutations: {headers: {set: {x-b: s, x-c: s}}}');
  const { configuration } = firstStep(load(defaults + step));
  assert.equal(configuration.region.constant, 'eu-west-1');
  assert.equal(configuration.transport.readTimeoutMs, 7);
  assert.deepEqual(configuration.variables, []);
  const set = configuration.mutations.set.map(([name, value]) => [name, value?.constant]);
  assert.deepEqual(set, [
    ['x-a', 'd'],
    ['x-b', 's'],
    ['x-c', 's'],
  ]);
});

test('null in a step takes a default away', () => {
  const text = `defaults: {qualifier: live}\n${withStep('function: f, qualifier: null')}`;
  assert.equal(firstStep(load(text)).configuration.texts.qualifier, undefined);
});

test('a disabled step is left out and needs no body', () => {
  const step = "{enabled: false, configuration: {function: f, payload: '{#request.content}'}}";
  const policies = api(load(`version: 1\napis: {orders: {request: [${step}]}}\n`));
  assert.deepEqual(policies.request, []);
  assert.equal(policies.needs.requestBody, false);
});

test('steps without a name are called by function and position', () => {
  const steps = ['f', 'arn:aws:lambda:us-east-1:123456789012:function:g:live', "{#properties['f']}"].map((name) => {
    return { configuration: { function: name } };
  });
  const apis = { orders: { properties: { f: 'h' }, request: steps, response: [{ configuration: { function: 'f' } }] } };
  const policies = api(load(JSON.stringify({ version: 1, apis }), 'p.json'));
  const names = [...policies.request, ...policies.response].map((step) => step.name);
  assert.deepEqual(names, ['f-1', 'g-2', 'lambda-3', 'f-4']);
});

test('an api needs the bodies that its templates mention', () => {
  const needs = (phase: string, configuration: string, step = '') => {
    return api(load(withStep(`function: f, ${configuration}`, step).replace('request:', `${phase}:`))).needs;
  };
  const none = {
    requestBody: false,
    requestText: false,
    requestBytes: false,
    response: false,
    responseBody: false,
    answersAlways: false,
    certificates: false,
    metadata: undefined,
    headers: new Set(),
    events: false,
  };
  assert.deepEqual(needs('request', "payload: '{#request.path}'"), none);
  assert.deepEqual(needs('request', "payload: '{#request.ssl.client.cn}'"), { ...none, certificates: true });
  assert.deepEqual(needs('request', "payload: '{#request.content}'"), {
    ...none,
    requestBody: true,
    requestText: true,
  });
  assert.deepEqual(needs('request', 'payload: a', "condition: '{#request.content}', "), {
    ...none,
    requestBody: true,
    requestText: true,
  });
  const set = "mutations: {headers: {set: {a: '{#request.content}'}}}";
  assert.deepEqual(needs('request', set), { ...none, requestBody: true, requestText: true });
  assert.deepEqual(needs('response', 'payload: a'), { ...none, response: true });
  assert.deepEqual(needs('response', "payload: '{#response.content}'"), {
    ...none,
    response: true,
    responseBody: true,
  });
  assert.deepEqual(needs('response', "payload: '{#request.content}'"), {
    ...none,
    response: true,
    requestBody: true,
    requestText: true,
  });
  const event = { ...none, requestBody: true, requestBytes: true, events: true };
  assert.deepEqual(needs('request', 'requestFormat: alb, responseFormat: raw'), event);
});

const v2 = (scope: string, name: string, payload = 'a'): string =>
  `{name: ${name}, configuration: {function: f, scope: ${scope}, payload: '${payload}'}}`;

test('v2 steps before the body run before those with it', () => {
  const steps = [v2('REQUEST_CONTENT', 'a'), v2('REQUEST', 'b', '{#request.content}'), v2('REQUEST_CONTENT', 'c')];
  const policies = api(load(`version: 1\napis: {orders: {pre: [${steps.join(', ')}]}}\n`));
  assert.deepEqual(
    policies.request.map(({ name, body }) => [name, body]),
    [
      ['b', 'absent'],
      ['a', 'buffered'],
      ['c', 'buffered'],
    ],
  );
  assert.equal(policies.needs.requestBody, true);
});

test('a v2 request step reads no body whatever it mentions', () => {
  const policies = api(load(`version: 1\napis: {orders: {pre: [${v2('REQUEST', 'b', '{#request.content}')}]}}\n`));
  assert.equal(policies.needs.requestBody, false);
});

test('a misplaced v2 scope does nothing but warn', () => {
  const text = `version: 1\napis: {orders: {post: [${v2('REQUEST', 'a')}, ${v2('RESPONSE_CONTENT', 'b')}]}}\n`;
  assertLines(problemsOf(text), ['apis.orders.post.0.configuration.scope: warning: the step never runs under post']);
  assert.deepEqual(
    api(load(text)).response.map(({ name, body }) => [name, body]),
    [['b', 'buffered']],
  );
});

test('the scope is ignored where the position decides', () => {
  const text = withStep('function: f, scope: RESPONSE');
  assert.deepEqual(problemsOf(text), []);
  assert.equal(firstStep(load(text)).body, 'as-needed');
});

test('pre beside request is an error', () => {
  const step = '{configuration: {function: f}}';
  assertLines(problemsOf(`version: 1\napis: {orders: {request: [${step}], pre: [${step}]}}\n`), [
    'apis.orders.pre: cannot be combined with',
  ]);
});

test('credentials without expressions are one frozen object', () => {
  const role = 'arn:aws:iam::123456789012:role/r';
  const chain = `roleChain: [{roleArn: "${role}1", externalId: e-0}]`;
  const text = withStep(`function: f, roleArn: "${role}", externalId: x-1, durationSeconds: 900, ${chain}`);
  const { constant } = firstStep(load(text)).configuration.credentials;
  assert.deepEqual(constant?.role, {
    roleArn: role,
    roleSessionName: 'gravitee',
    externalId: 'x-1',
    durationSeconds: 900,
  });
  const [first] = constant?.roleChain ?? [];
  assert.deepEqual([first?.roleArn, first?.externalId], [`${role}1`, 'e-0']);
  assert.ok(Object.isFrozen(constant));
  const changing = firstStep(load(withStep(`function: f, roleArn: "{#context.attributes['r']}"`))).configuration
    .credentials;
  assert.equal(changing.constant, undefined);
  assert.equal(changing.role?.roleArn.source, "{#context.attributes['r']}");
});

test('send to consumer is a boolean a text of one or an expression', () => {
  const value = (text: string) =>
    firstStep(load(withStep(`function: f, sendToConsumer: ${text}`))).configuration.sendToConsumer;
  assert.equal(value('true'), true);
  assert.equal(value('"true"'), true);
  const expression = value("'{#lambdaResponse.status == 200}'");
  assert.ok(typeof expression === 'object' && expression.needs.lambdaResponse);
  assertLines(problemsOf(withStep('function: f, sendToConsumer: "maybe"')), ['expected true, false or an expression']);
});

test('appended headers may have several values', () => {
  const { mutations } = firstStep(
    load(withStep('function: f, mutations: {headers: {append: {Set-Cookie: [a, b], x: c}}}')),
  ).configuration;
  assert.deepEqual(
    mutations.append.map(([name, value]) => [name, value.source]),
    [
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
      ['x', 'c'],
    ],
  );
});

test('an apis response templates win over those of the document key by key', () => {
  const text = `version: 1
responseTemplates: {DEFAULT: {"*/*": {status: 500}}, AWS_LAMBDA_INVALID_RESPONSE: {"*/*": {status: 501}}}
apis: {orders: {responseTemplates: {DEFAULT: {application/json: {status: 502}}}}}
`;
  const { responseTemplates } = api(load(text));
  assert.equal(responseTemplates.get('AWS_LAMBDA_INVALID_RESPONSE')?.get('*/*')?.status, 501);
  assert.equal(responseTemplates.get('DEFAULT')?.get('application/json')?.status, 502);
  assert.equal(responseTemplates.get('DEFAULT')?.get('*/*'), undefined);
});

test('properties dictionaries and endpoints are root variables', () => {
  const text = `version: 1
dictionaries: {shared: {a: "1"}, own: {a: shared}}
apis: {orders: {id: i, name: n, version: "2", properties: {deep: {list: [1]}}, dictionaries: {own: {a: "2"}}, endpoints: {e: u}}}
`;
  const policies = api(load(text));
  assert.deepEqual(policies.api, { id: 'i', name: 'n', version: '2' });
  assert.deepEqual(policies.variables.get('properties'), new Map([['deep', new Map([['list', [1]]])]]));
  assert.deepEqual(
    policies.variables.get('dictionaries'),
    new Map([
      ['shared', new Map([['a', '1']])],
      ['own', new Map([['a', '2']])],
    ]),
  );
  assert.deepEqual(policies.variables.get('endpoints'), new Map([['e', 'u']]));
});
