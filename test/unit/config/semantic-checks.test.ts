import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLines, firstStep, load, problemsOf, withStep } from './support.ts';

const at = 'apis.orders.request.0.configuration';

test('a_missing_function_is_an_error_unless_defaults_have_one', () => {
  assertLines(problemsOf(withStep('region: us-east-1')), [`${at}.function: is missing`]);
  assertLines(problemsOf(withStep('function: "  "')), [`${at}.function: is missing`]);
  const loaded = load(`defaults: {function: f}\n${withStep('region: us-east-1')}`);
  assert.equal(firstStep(loaded).configuration.function.source, 'f');
});

test('a_function_that_is_none_is_an_error', () => {
  for (const name of ['a b', 'f/g', 'arn:aws:s3:::bucket']) {
    assertLines(problemsOf(withStep(`function: "${name}"`)), [`${at}.function: is no function`]);
  }
  const names = ['f', 'f:live', 'f:$LATEST', '123456789012:f', '123456789012:function:f', '{#properties["f"]}'];
  for (const name of [...names, 'arn:aws:lambda:us-east-1:123456789012:function:f:1']) {
    assert.deepEqual(problemsOf(withStep(`function: '${name}'`)), []);
  }
});

test('latest_published_is_a_qualifier_in_every_place', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST.PUBLISHED';
  for (const step of ['f, qualifier: $LATEST.PUBLISHED', 'f:$LATEST.PUBLISHED', arn]) {
    assert.deepEqual(problemsOf(withStep(`function: ${step}`)), []);
  }
});

test('a_name_or_qualifier_that_aws_may_come_to_allow_is_a_warning', () => {
  assertLines(problemsOf(withStep('function: f:$NEXT')), ['function: warning: is not in the form of a name']);
  assertLines(problemsOf(withStep('function: f, qualifier: v1.2')), ['qualifier: warning: is not in the form of']);
});

test('a_qualifier_beside_another_one_in_the_name_is_an_error', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f:live';
  for (const name of ['f:live', '123456789012:function:f:live', arn]) {
    assertLines(problemsOf(withStep(`function: "${name}", qualifier: test`)), [
      'qualifier: differs from the qualifier in function, live',
    ]);
    assert.deepEqual(problemsOf(withStep(`function: "${name}", qualifier: live`)), []);
  }
  const inDefaults = `defaults: {qualifier: test}\n${withStep('function: "f:$LATEST"')}`;
  assert.match(problemsOf(inDefaults).join('\n'), /differs from the qualifier in function, \$LATEST/);
});

test('an_arn_of_another_region_is_a_warning', () => {
  for (const arn of ['arn:aws:lambda:eu-west-1:123456789012:function:f', 'eu-west-1:123456789012:function:f']) {
    assertLines(problemsOf(withStep(`function: "${arn}"`)), ['warning: the ARN is of eu-west-1', 'us-east-1']);
  }
});

test('a_region_that_is_none_is_an_error_and_an_unknown_one_a_warning', () => {
  assertLines(problemsOf(withStep('function: f, region: useast1')), [
    `5:47 ${at}.region: is no AWS region`,
    'us-east-1?',
  ]);
  assertLines(problemsOf(withStep('function: f, region: us-esat-1')), ['warning: is no region', 'mean us-east-1?']);
  assert.deepEqual(problemsOf(withStep('function: f, region: eu-west-1')), []);
  assert.deepEqual(problemsOf(withStep(`function: f, region: "{#properties['region']}"`)), []);
});

test('an_error_in_defaults_is_told_once_and_there', () => {
  const steps = '[{configuration: {function: f}}, {configuration: {function: g}}]';
  const text = `version: 1\ndefaults: {region: nowhere}\napis: {orders: {request: ${steps}}}\n`;
  assertLines(problemsOf(text), ['policies.yaml:2:20 defaults.region: is no AWS region']);
});

test('an_error_in_defaults_is_told_even_where_no_step_uses_them', () => {
  assertLines(problemsOf('version: 1\ndefaults: {region: nowhere}\n'), ['2:20 defaults.region: is no AWS region']);
  assertLines(problemsOf('version: 1\ndefaults: {accessKey: a}\n'), ['2:12 defaults.accessKey: stands alone']);
  assert.deepEqual(problemsOf('version: 1\ndefaults: {readTimeoutMs: 5}\n'), []);
});

test('one_key_alone_is_an_error', () => {
  const keys = "{#secrets.get('env:X')}";
  assertLines(problemsOf(withStep(`function: f, accessKey: "${keys}"`)), [
    `${at}.accessKey: stands alone: set secretKey`,
  ]);
  assertLines(problemsOf(withStep(`function: f, secretKey: "${keys}"`)), [
    `${at}.secretKey: stands alone: set accessKey`,
  ]);
  assertLines(problemsOf(withStep(`function: f, accessKey: "", secretKey: "${keys}"`)), [
    `${at}.secretKey: stands alone`,
  ]);
  assert.deepEqual(problemsOf(withStep('function: f, accessKey: "", secretKey: null')), []);
});

test('keys_in_the_document_are_a_warning_and_secret_references_are_not', () => {
  const lines = problemsOf(withStep('function: f, accessKey: a, secretKey: b'));
  assertLines(lines, [`${at}.accessKey: warning: a key stands`], [`${at}.secretKey: warning: a key stands`]);
  const keys = 'accessKey: "{#secrets.get(\'env:X\')}", secretKey: "{#secrets.get(\'env:Y\')}"';
  assert.deepEqual(problemsOf(withStep(`function: f, ${keys}`)), []);
});

test('a_role_that_is_none_and_role_fields_without_a_role_are_told', () => {
  assertLines(problemsOf(withStep('function: f, roleArn: admin')), [`${at}.roleArn: is no role`]);
  assertLines(problemsOf(withStep('function: f, externalId: x')), [`${at}.externalId: warning: has no effect`]);
  const role = 'arn:aws:iam::123456789012:role/path/name';
  assertLines(problemsOf(withStep(`function: f, roleArn: "${role}", roleSessionName: "a b"`)), ['is no session name']);
  assertLines(problemsOf(withStep(`function: f, roleChain: [{roleArn: x}], roleArn: "${role}"`)), [
    'roleChain.0.roleArn',
  ]);
});

test('what_a_caller_can_choose_is_a_warning', () => {
  const header = "{#request.headers['x'][0]}";
  assertLines(problemsOf(withStep(`function: "${header}"`)), [`${at}.function: warning: depends on what a caller`]);
  assertLines(problemsOf(withStep(`function: f, endpoint: "${header}"`)), [`${at}.endpoint: warning: depends`]);
  assertLines(problemsOf(withStep(`function: f, roleArn: "${header}"`)), [`${at}.roleArn: warning: depends`]);
  assert.deepEqual(problemsOf(withStep(`function: f, endpoint: "{#properties['e']}"`)), []);
});

test('endpoints_are_urls_and_clear_text_beyond_this_machine_is_a_warning', () => {
  for (const bad of ['ftp://host', 'http://', 'https://u:p@host', 'https://host/?a=b']) {
    assertLines(problemsOf(withStep(`function: f, endpoint: "${bad}"`)), [`${at}.endpoint: `]);
  }
  assertLines(problemsOf(withStep('function: f, endpoint: "http://aws-lambda-url/function"')), ['warning: payloads']);
  for (const fine of ['http://127.0.0.1:4566', 'http://localhost', 'http://[::1]:1', 'https://host/path', 'host:443']) {
    assert.deepEqual(problemsOf(withStep(`function: f, endpoint: "${fine}"`)), []);
  }
});

test('trust_stores_need_a_type_and_a_store_and_trust_all_is_a_warning', () => {
  assertLines(problemsOf(withStep('function: f, ssl: {trustStoreType: PEM}')), ['has no trust store']);
  assertLines(problemsOf(withStep('function: f, ssl: {trustStorePath: /ca.pem}')), ['has no type']);
  assertLines(problemsOf(withStep('function: f, ssl: {trustAll: true}')), ['warning: no certificate is checked']);
  assertLines(problemsOf(withStep("function: f, ssl: {trustStoreType: PEM, trustStorePath: '{#request.path}'}")), [
    'must not depend on the request',
  ]);
  const ssl = firstStep(load(withStep('function: f, ssl: {trustAll: false}'))).configuration.transport.ssl;
  assert.equal(ssl, undefined);
});

test('two_steps_of_one_name_are_an_error', () => {
  const step = '{name: a, configuration: {function: f}}';
  const text = `version: 1\napis: {orders: {request: [${step}], response: [${step}]}}\n`;
  assertLines(problemsOf(text), ['apis.orders.response.0.name: is the name of step 1']);
});

test('an_unknown_error_key_of_a_response_template_is_a_warning', () => {
  const template = '{application/json: {status: 500}}';
  const text = `version: 1\nresponseTemplates: {AWS_LAMBDA_INVALID_RESPONS: ${template}, DEFAULT: ${template}}\n`;
  assertLines(problemsOf(text), ['2:21 ', 'warning: is no error key', 'did you mean AWS_LAMBDA_INVALID_RESPONSE?']);
});

test('a_media_type_with_parameters_never_fits', () => {
  const text = 'version: 1\nresponseTemplates: {DEFAULT: {"text/html; charset=utf-8": {status: 500}}}\n';
  assertLines(problemsOf(text), ['responseTemplates.DEFAULT["text/html; charset=utf-8"]: warning: never fits']);
});

test('headers_that_envoy_refuses_are_explained_with_the_rule_that_allows_them', () => {
  const lines = problemsOf(
    withStep('function: f, mutations: {headers: {set: {Host: a}, append: {x-envoy-a: b}, remove: [":method"]}}'),
  );
  const routing = 'mutation_rules: {allow_all_routing: true}';
  assertLines(
    lines,
    ['set.Host', routing],
    ['x-envoy-a', 'mutation_rules: {allow_envoy: true}'],
    ['remove.0', routing],
  );
  assert.ok(lines.every((line) => line.includes('warning: ')));
});

test('names_that_are_no_headers_are_errors', () => {
  for (const name of ['a b', 'a:b', '', 'ä', ':path', ':status', 'content-length', 'Transfer-Encoding']) {
    assertLines(problemsOf(withStep(`function: f, mutations: {headers: {set: {"${name}": x}}}`)), ['headers.set']);
  }
  const text = withStep('function: f, mutations: {headers: {set: {X-A: a, x-a: b}}}');
  assertLines(problemsOf(text), ['set.x-a: stands twice']);
});

test('more_than_100_header_operations_are_an_error', () => {
  const names = (count: number): string => Array.from({ length: count }, (_, index) => `x-${index}`).join(', ');
  assert.deepEqual(problemsOf(withStep(`function: f, mutations: {headers: {remove: [${names(100)}]}}`)), []);
  assertLines(problemsOf(withStep(`function: f, mutations: {headers: {remove: [${names(101)}]}}`)), ['more than 100']);
});

test('mutations_without_an_effect_are_warnings', () => {
  assertLines(problemsOf(withStep('function: f, mutations: {status: 201}')), ['status: warning: has no effect']);
  assert.deepEqual(problemsOf(withStep('function: f, sendToConsumer: true, mutations: {status: 201}')), []);
  assertLines(problemsOf(withStep('function: f, mutations: {clearRouteCache: true}')), ['clearRouteCache: warning']);
  const text = withStep('function: f, mutations: {path: /a}').replace('request:', 'response:');
  assertLines(problemsOf(text), ['path: warning: has no effect in the response phase']);
});

test('a_path_or_status_that_is_none_is_an_error', () => {
  assertLines(problemsOf(withStep('function: f, mutations: {path: a}')), ['mutations.path: is no path']);
  const status = (value: string): string =>
    withStep(`function: f, sendToConsumer: true, mutations: {status: ${value}}`);
  assertLines(problemsOf(status('199')), ['mutations.status: expected at least 200']);
  assertLines(problemsOf(status('ok')), ['mutations.status: is no status']);
});

test('a_guard_is_told_to_fail_when_its_condition_fails', () => {
  const condition = 'condition: "{#request.path == \'/a\'}", ';
  const text = withStep('function: f, sendToConsumer: true', condition);
  assertLines(problemsOf(text), ['apis.orders.request.0.condition: warning: ', '`onConditionError: fail`']);
  assert.deepEqual(
    problemsOf(withStep('function: f, sendToConsumer: true', `${condition}onConditionError: fail, `)),
    [],
  );
  assert.deepEqual(problemsOf(withStep('function: f', condition)), []);
});

test('a_condition_without_an_expression_is_an_error', () => {
  assertLines(problemsOf(withStep('function: f', 'condition: "request.path", ')), ['condition: has no expression']);
  assert.deepEqual(problemsOf(withStep('function: f', 'condition: "true", ')), []);
});

test('a_request_step_that_reads_the_response_is_a_warning_unless_an_answer_can_be_there', () => {
  const read = "payload: '{#response.status}'";
  assertLines(problemsOf(withStep(`function: f, ${read}`)), ['configuration: warning: reads the response']);
  assert.deepEqual(problemsOf(withStep(`function: f, ${read}`).replace('request:', 'response:')), []);
  const answering = '{configuration: {function: f, sendToConsumer: true}}';
  const steps = `[${answering}, {configuration: {function: f, ${read}}}]`;
  assert.deepEqual(problemsOf(`version: 1\napis: {orders: {request: ${steps}}}\n`), []);
});

test('results_of_event_and_dry_run_are_empty_and_reading_them_is_a_warning', () => {
  const read = 'variables: [{name: a, value: "{#jsonPath(#lambdaResponse.content, \'$\')}"}]';
  assertLines(problemsOf(withStep(`function: f, invocationType: Event, ${read}`)), [
    'invocationType: warning: Event has',
  ]);
  assertLines(problemsOf(withStep('function: f, invocationType: DryRun, logType: Tail')), ['logType: warning']);
});

test('a_client_context_that_is_no_json_is_an_error', () => {
  assertLines(problemsOf(withStep('function: f, clientContext: "{"')), ['clientContext: is not valid JSON']);
});

test('a_qualifier_session_token_or_role_that_cannot_be_right_is_told', () => {
  assertLines(problemsOf(withStep('function: f, qualifier: "a b"')), ['qualifier: is neither a version nor an alias']);
  assertLines(problemsOf(withStep('function: f, sessionToken: t')), ['sessionToken: stands alone']);
  assertLines(problemsOf(withStep('function: f, roleChain: [{roleArn: " "}]')), ['roleChain.0.roleArn: is missing']);
  const role = 'arn:aws:iam::123456789012:role/r';
  const short = problemsOf(withStep(`function: f, roleArn: "${role}", durationSeconds: 60`));
  assertLines(short, ['durationSeconds: warning: AWS accepts 900']);
});

test('an_attempt_that_may_take_longer_than_the_call_is_a_warning', () => {
  const lines = problemsOf(withStep('function: f, apiCallAttemptTimeoutMs: 20, apiCallTimeoutMs: 10'));
  assertLines(lines, ['apiCallAttemptTimeoutMs: warning: is longer than apiCallTimeoutMs']);
});

test('a_response_template_that_reads_a_body_is_a_warning', () => {
  const text = `version: 1\nresponseTemplates: {DEFAULT: {"*/*": {status: 500, body: "{#request.content}"}}}\n`;
  assertLines(problemsOf(text), ['body: warning: a body is seen here only if']);
  const length = 'version: 1\nresponseTemplates: {DEFAULT: {"*/*": {status: 500, headers: {content-length: "1"}}}}\n';
  assertLines(problemsOf(length), ['headers.content-length: is set by the server itself']);
});

test('a_maximum_timeout_below_the_timeout_is_a_warning', () => {
  const lines = problemsOf('version: 1\nmessageTimeoutMs: 200\nmaxMessageTimeoutMs: 100\n');
  assertLines(lines, ['3:22 maxMessageTimeoutMs: warning: is shorter']);
});

test('secrets_of_a_trust_store_are_read_when_the_document_is_loaded', (t) => {
  process.env.TEST_TRUST_STORE_PASSWORD = 'opened';
  t.after(() => delete process.env.TEST_TRUST_STORE_PASSWORD);
  const ssl = (name: string): string =>
    withStep(
      `function: f, ssl: {trustStoreType: PKCS12, trustStorePath: /p, trustStorePassword: "{#secrets.get('env:${name}')}"}`,
    );
  const { transport } = firstStep(load(ssl('TEST_TRUST_STORE_PASSWORD'))).configuration;
  assert.equal(transport.ssl?.trustStorePassword, 'opened');
  assertLines(problemsOf(ssl('TEST_NOT_THERE')), ['ssl.trustStorePassword: ', 'is the secret that it names there?']);
});

test('secrets_stand_in_credential_fields_only', () => {
  assertLines(problemsOf(withStep(`function: f, payload: "{#secrets.get('env:X')}"`)), [`${at}.payload: `]);
});
