import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LambdaConfiguration } from '../../../src/policy/index.ts';
import { api, assertLines, firstStep, load, problemsOf, withStep } from './support.ts';

function payloadOf({ requestFormat }: LambdaConfiguration): string | undefined {
  const payload = requestFormat.encode({ attributes: new Map(), variables: new Map() });
  return payload === undefined ? undefined : Buffer.from(payload).toString();
}

test('the_policy_page_sample_pastes_in_unchanged', () => {
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

test('absent_fields_have_the_defaults_of_the_reference', () => {
  const { configuration, condition, onConditionError, onError } = firstStep(load(withStep('function: f')));
  assert.deepEqual([condition, onConditionError, onError], [undefined, 'skip', 'fail']);
  assert.equal(configuration.region.constant, 'us-east-1');
  assert.deepEqual([configuration.invocationType, configuration.logType], ['RequestResponse', 'None']);
  assert.equal(configuration.sendToConsumer, false);
  const { connectionTimeoutMs, readTimeoutMs, apiCallTimeoutMs, apiCallAttemptTimeoutMs } = configuration.transport;
  assert.deepEqual([connectionTimeoutMs, readTimeoutMs], [2000, 30_000]);
  assert.deepEqual([apiCallTimeoutMs, apiCallAttemptTimeoutMs], [undefined, undefined]);
});

test('null_means_absent', () => {
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

test('an_empty_payload_is_none_and_whitespace_is_one', () => {
  assert.equal(payloadOf(firstStep(load(withStep('function: f, payload: ""'))).configuration), undefined);
  assert.equal(payloadOf(firstStep(load(withStep('function: f, payload: " "'))).configuration), ' ');
});

test('defaults_are_merged_deeply_and_the_step_wins', () => {
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

test('null_in_a_step_takes_a_default_away', () => {
  const text = `defaults: {qualifier: live}\n${withStep('function: f, qualifier: null')}`;
  assert.equal(firstStep(load(text)).configuration.texts.qualifier, undefined);
});

test('a_disabled_step_is_left_out_and_needs_no_body', () => {
  const step = "{enabled: false, configuration: {function: f, payload: '{#request.content}'}}";
  const policies = api(load(`version: 1\napis: {orders: {request: [${step}]}}\n`));
  assert.deepEqual(policies.request, []);
  assert.equal(policies.needs.requestBody, false);
});

test('steps_without_a_name_are_called_by_function_and_position', () => {
  const steps = ['f', 'arn:aws:lambda:us-east-1:123456789012:function:g:live', "{#properties['f']}"].map((name) => {
    return { configuration: { function: name } };
  });
  const apis = { orders: { request: steps, response: [{ configuration: { function: 'f' } }] } };
  const policies = api(load(JSON.stringify({ version: 1, apis }), 'p.json'));
  const names = [...policies.request, ...policies.response].map((step) => step.name);
  assert.deepEqual(names, ['f-1', 'g-2', 'lambda-3', 'f-4']);
});

test('an_api_needs_the_bodies_that_its_templates_mention', () => {
  const needs = (phase: string, configuration: string, step = '') => {
    return api(load(withStep(`function: f, ${configuration}`, step).replace('request:', `${phase}:`))).needs;
  };
  const none = { requestBody: false, response: false, responseBody: false, certificates: false };
  assert.deepEqual(needs('request', "payload: '{#request.path}'"), none);
  assert.deepEqual(needs('request', "payload: '{#request.ssl.client.cn}'"), { ...none, certificates: true });
  assert.deepEqual(needs('request', "payload: '{#request.content}'"), { ...none, requestBody: true });
  assert.deepEqual(needs('request', 'payload: a', "condition: '{#request.content}', "), { ...none, requestBody: true });
  const set = "mutations: {headers: {set: {a: '{#request.content}'}}}";
  assert.deepEqual(needs('request', set), { ...none, requestBody: true });
  assert.deepEqual(needs('response', 'payload: a'), { ...none, response: true });
  assert.deepEqual(needs('response', "payload: '{#response.content}'"), {
    ...none,
    response: true,
    responseBody: true,
  });
  assert.deepEqual(needs('response', "payload: '{#request.content}'"), { ...none, response: true, requestBody: true });
});

const v2 = (scope: string, name: string, payload = 'a'): string =>
  `{name: ${name}, configuration: {function: f, scope: ${scope}, payload: '${payload}'}}`;

test('v2_steps_before_the_body_run_before_those_with_it', () => {
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

test('a_v2_request_step_reads_no_body_whatever_it_mentions', () => {
  const policies = api(load(`version: 1\napis: {orders: {pre: [${v2('REQUEST', 'b', '{#request.content}')}]}}\n`));
  assert.equal(policies.needs.requestBody, false);
});

test('a_misplaced_v2_scope_does_nothing_but_warn', () => {
  const text = `version: 1\napis: {orders: {post: [${v2('REQUEST', 'a')}, ${v2('RESPONSE_CONTENT', 'b')}]}}\n`;
  assertLines(problemsOf(text), ['apis.orders.post.0.configuration.scope: warning: the step does nothing under post']);
  assert.deepEqual(
    api(load(text)).response.map(({ name, body }) => [name, body]),
    [['b', 'buffered']],
  );
});

test('the_scope_is_ignored_where_the_position_decides', () => {
  const text = withStep('function: f, scope: RESPONSE');
  assert.deepEqual(problemsOf(text), []);
  assert.equal(firstStep(load(text)).body, 'as-needed');
});

test('pre_beside_request_is_an_error', () => {
  const step = '{configuration: {function: f}}';
  assertLines(problemsOf(`version: 1\napis: {orders: {request: [${step}], pre: [${step}]}}\n`), [
    'apis.orders.pre: stands',
  ]);
});

test('credentials_without_expressions_are_one_frozen_object', () => {
  const role = 'arn:aws:iam::123456789012:role/r';
  const chain = `roleChain: [{roleArn: "${role}1", externalId: e}]`;
  const text = withStep(`function: f, roleArn: "${role}", externalId: x, durationSeconds: 900, ${chain}`);
  const { constant } = firstStep(load(text)).configuration.credentials;
  assert.deepEqual(constant?.role, {
    roleArn: role,
    roleSessionName: 'gravitee',
    externalId: 'x',
    durationSeconds: 900,
  });
  const [first] = constant?.roleChain ?? [];
  assert.deepEqual([first?.roleArn, first?.externalId], [`${role}1`, 'e']);
  assert.ok(Object.isFrozen(constant));
  const changing = firstStep(load(withStep(`function: f, roleArn: "{#properties['r']}"`))).configuration.credentials;
  assert.equal(changing.constant, undefined);
  assert.equal(changing.role?.roleArn.source, "{#properties['r']}");
});

test('send_to_consumer_is_a_boolean_a_text_of_one_or_an_expression', () => {
  const value = (text: string) =>
    firstStep(load(withStep(`function: f, sendToConsumer: ${text}`))).configuration.sendToConsumer;
  assert.equal(value('true'), true);
  assert.equal(value('"true"'), true);
  const expression = value("'{#lambdaResponse.status == 200}'");
  assert.ok(typeof expression === 'object' && expression.needs.lambdaResponse);
  assertLines(problemsOf(withStep('function: f, sendToConsumer: "maybe"')), ['expected true, false or an expression']);
});

test('appended_headers_may_have_several_values', () => {
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

test('an_apis_response_templates_win_over_those_of_the_document_key_by_key', () => {
  const text = `version: 1
responseTemplates: {DEFAULT: {"*/*": {status: 500}}, AWS_LAMBDA_INVALID_RESPONSE: {"*/*": {status: 501}}}
apis: {orders: {responseTemplates: {DEFAULT: {application/json: {status: 502}}}}}
`;
  const { responseTemplates } = api(load(text));
  assert.equal(responseTemplates.get('AWS_LAMBDA_INVALID_RESPONSE')?.get('*/*')?.status, 501);
  assert.equal(responseTemplates.get('DEFAULT')?.get('application/json')?.status, 502);
  assert.equal(responseTemplates.get('DEFAULT')?.get('*/*'), undefined);
});

test('properties_dictionaries_and_endpoints_are_root_variables', () => {
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
