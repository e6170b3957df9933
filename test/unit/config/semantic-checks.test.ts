import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLines, firstStep, load, problemsOf, withStep } from './support.ts';

const at = 'apis.orders.request.0.configuration';

test('a missing function is an error unless defaults have one', () => {
  assertLines(problemsOf(withStep('region: us-east-1')), [`${at}.function: is missing`]);
  assertLines(problemsOf(withStep('function: "  "')), [`${at}.function: is missing`]);
  const loaded = load(`defaults: {function: f}\n${withStep('region: us-east-1')}`);
  assert.equal(firstStep(loaded).configuration.function.source, 'f');
});

test('a function that is not valid is an error', () => {
  for (const name of ['a b', 'f/g', 'arn:aws:s3:::bucket']) {
    assertLines(problemsOf(withStep(`function: "${name}"`)), [`${at}.function: is not a valid function`]);
  }
  const names = ['f', 'f:live', 'f:$LATEST', '123456789012:f', '123456789012:function:f', '{#context.attributes["f"]}'];
  for (const name of [...names, 'arn:aws:lambda:us-east-1:123456789012:function:f:1']) {
    assert.deepEqual(problemsOf(withStep(`function: '${name}'`)), []);
  }
});

test('latest published is a qualifier in every place', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST.PUBLISHED';
  for (const step of ['f, qualifier: $LATEST.PUBLISHED', 'f:$LATEST.PUBLISHED', arn]) {
    assert.deepEqual(problemsOf(withStep(`function: ${step}`)), []);
  }
});

test('a name or qualifier that aws may come to allow is a warning', () => {
  assertLines(problemsOf(withStep('function: f:$NEXT')), ['function: warning: does not have the form of a name']);
  assertLines(problemsOf(withStep('function: f, qualifier: v1.2')), ['qualifier: warning: does not have the form of']);
});

test('a qualifier beside another one in the name is an error', () => {
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

test('an arn of another region is an error, and a warning where an endpoint may serve it', () => {
  for (const arn of ['arn:aws:lambda:eu-west-1:123456789012:function:f', 'eu-west-1:123456789012:function:f']) {
    assertLines(problemsOf(withStep(`function: "${arn}"`)), ['function: the ARN is in eu-west-1', 'us-east-1']);
    const own = withStep(`function: "${arn}", endpoint: "https://lambda.internal"`);
    assertLines(problemsOf(own), ['warning: the ARN is in eu-west-1']);
  }
});

test('a region that is not valid is an error and an unknown one a warning', () => {
  assertLines(problemsOf(withStep('function: f, region: useast1')), [
    `5:47 ${at}.region: is not an AWS region`,
    'us-east-1?',
  ]);
  assertLines(problemsOf(withStep('function: f, region: us-esat-1')), ['warning: is not a region', 'mean us-east-1?']);
  assert.deepEqual(problemsOf(withStep('function: f, region: eu-west-1')), []);
  assert.deepEqual(problemsOf(withStep(`function: f, region: "{#context.attributes['region']}"`)), []);
});

test('an error in defaults is reported once and there', () => {
  const steps = '[{configuration: {function: f}}, {configuration: {function: g}}]';
  const text = `version: 1\ndefaults: {region: nowhere}\napis: {orders: {request: ${steps}}}\n`;
  assertLines(problemsOf(text), ['policies.yaml:2:20 defaults.region: is not an AWS region']);
});

test('an error in defaults is reported even where no step uses them', () => {
  assertLines(problemsOf('version: 1\ndefaults: {region: nowhere}\n'), ['2:20 defaults.region: is not an AWS region']);
  assertLines(problemsOf('version: 1\ndefaults: {accessKey: a}\n'), ['2:12 defaults.accessKey: requires secretKey']);
  assert.deepEqual(problemsOf('version: 1\ndefaults: {readTimeoutMs: 5}\n'), []);
});

test('one key alone is an error', () => {
  const keys = "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_X')}";
  assertLines(problemsOf(withStep(`function: f, accessKey: "${keys}"`)), [`${at}.accessKey: requires secretKey`]);
  assertLines(problemsOf(withStep(`function: f, secretKey: "${keys}"`)), [`${at}.secretKey: requires accessKey`]);
  assertLines(
    problemsOf(withStep(`function: f, accessKey: "", secretKey: "${keys}"`)),
    [`${at}.accessKey: warning: is empty`],
    [`${at}.secretKey: requires accessKey`],
  );
  assert.deepEqual(problemsOf(withStep('function: f, accessKey: null, secretKey: null')), []);
});

test('keys in the document are a warning and secret references are not', () => {
  const lines = problemsOf(withStep('function: f, accessKey: a, secretKey: b'));
  assertLines(
    lines,
    [`${at}.accessKey: warning: the document contains a key as plain text`],
    [`${at}.secretKey: warning: the document contains a key as plain text`],
  );
  const keys =
    'accessKey: "{#secrets.get(\'env:LAMBDA_EXT_PROC_SECRET_X\')}", secretKey: "{#secrets.get(\'env:LAMBDA_EXT_PROC_SECRET_Y\')}"';
  assert.deepEqual(problemsOf(withStep(`function: f, ${keys}`)), []);
});

test('a role that is not valid and role fields without a role are reported', () => {
  assertLines(problemsOf(withStep('function: f, roleArn: admin')), [`${at}.roleArn: is not the ARN of a role`]);
  assertLines(problemsOf(withStep('function: f, externalId: x')), [`${at}.externalId: warning: has no effect`]);
  const role = 'arn:aws:iam::123456789012:role/path/name';
  assertLines(problemsOf(withStep(`function: f, roleArn: "${role}", roleSessionName: "a b"`)), [
    'is not a valid session name',
  ]);
  // Each is a variable or a wildcard of IAM, which `iam` would write into a trust policy.
  for (const id of ['$'.concat('{sts:ExternalId}'), '*']) {
    assertLines(
      problemsOf(withStep(`function: f, roleArn: "${role}", externalId: "${id}"`)).filter(
        (line) => !line.includes('warning'),
      ),
      ['externalId: is not a valid external id'],
    );
  }
  assertLines(problemsOf(withStep(`function: f, roleChain: [{roleArn: x}], roleArn: "${role}"`)), [
    'roleChain.0.roleArn',
  ]);
});

test('what a caller can choose is a warning', () => {
  const header = "{#request.headers['x'][0]}";
  assertLines(problemsOf(withStep(`function: "${header}"`)), [`${at}.function: warning: depends on what a caller`]);
  assertLines(problemsOf(withStep(`function: f, endpoint: "${header}"`)), [`${at}.endpoint: warning: depends`]);
  assertLines(problemsOf(withStep(`function: f, roleArn: "${header}"`)), [`${at}.roleArn: warning: depends`]);
  assert.deepEqual(problemsOf(withStep(`function: f, endpoint: "{#context.attributes['e']}"`)), []);
  for (const name of ['region', 'qualifier', 'tenantId']) {
    assertLines(problemsOf(withStep(`function: f, ${name}: "${header}"`)), [`${at}.${name}: warning: depends on what`]);
  }
  const role = 'arn:aws:iam::123456789012:role/r';
  for (const name of ['roleSessionName', 'externalId']) {
    const alone = `function: f, roleArn: "${role}", ${name}: "${header}"`;
    assertLines(problemsOf(withStep(alone)), [`${at}.${name}: warning: depends on what`]);
    const linked = `function: f, roleChain: [{roleArn: "${role}", ${name}: "${header}"}]`;
    assertLines(problemsOf(withStep(linked)), [`${at}.roleChain.0.${name}: warning: depends on what`]);
  }
  const keys = `function: f, accessKey: "${header}", secretKey: "${header}"`;
  assertLines(problemsOf(withStep(keys)), [`accessKey: warning: depends`], [`secretKey: warning: depends`]);
});

test('what a caller can choose by way of a variable is a warning', () => {
  const reads = (value: string, name: string): readonly string[] => {
    const first = `{configuration: {function: f, variables: [{name: v, value: "${value}"}, {name: w, value: x}]}}`;
    const second = `{configuration: {function: f, region: "{#context.attributes['${name}']}"}}`;
    return problemsOf(`version: 1\napis: {a: {request: [${first}, ${second}]}}\n`);
  };
  assertLines(reads("{#request.headers['x'][0]}", 'v'), ['a.request.1.configuration.region: warning: depends on what']);
  assert.deepEqual(reads("{#request.headers['x'][0]}", 'w'), []);
  assert.deepEqual(reads('{#lambdaResponse.content}', 'v'), []);
  assertLines(reads('{#request.path}', "' + 'v"), ['region: warning: depends on what']);
  const quoted = "it's {#context.attributes['other']} and {#context.attributes['v']}";
  const values = `variables: [{name: v, value: "{#request.path}"}, {name: other, value: x}]`;
  const steps = `{configuration: {function: f, ${values}}}, {configuration: {function: f, region: "${quoted}"}}`;
  assertLines(problemsOf(`version: 1\napis: {a: {request: [${steps}]}}\n`), ['region: warning: depends on what']);
});

test("sessions are the document's own only where no part of a request chooses their region", () => {
  const role = 'function: f, roleArn: "arn:aws:iam::123456789012:role/r"';
  const isFixed = (configuration: string): boolean | undefined => {
    return firstStep(load(withStep(configuration))).configuration.credentials.constant?.fixed;
  };
  assert.equal(isFixed(role), true);
  assert.equal(isFixed(`${role}, region: "{#request.headers['x'][0]}"`), undefined);
});

test('a list of allow takes the warning of its field away', () => {
  const header = "{#request.headers['x'][0]}";
  const lists = [
    ['function', 'functions', 'order-*'],
    ['region', 'regions', 'eu-*'],
    ['endpoint', 'endpoints', 'https://lambda.example.com'],
    ['roleArn', 'roles', 'arn:aws:iam::111111111111:role/*'],
  ];
  for (const [name, list, glob] of lists) {
    const text = withStep(`${name === 'function' ? '' : 'function: f, '}${name}: "${header}"`);
    assertLines(problemsOf(text), [`limit it with \`allow: {${list}: [...]}\``]);
    assert.deepEqual(problemsOf(`allow: {${list}: ["${glob}"]}\n${text}`), []);
    assertLines(problemsOf(`allow: {${list}: []}\n${text}`), [`\`allow.${list}\` is empty, so no result is allowed`]);
  }
});

test('endpoints are urls and clear text beyond this machine is a warning', () => {
  for (const bad of ['ftp://host', 'http://', 'https://u:p@host', 'https://host/?a=b']) {
    assertLines(problemsOf(withStep(`function: f, endpoint: "${bad}"`)), [`${at}.endpoint: `]);
  }
  assertLines(problemsOf(withStep('function: f, endpoint: "http://aws-lambda-url/function"')), ['warning: payloads']);
  for (const fine of ['http://127.0.0.1:4566', 'http://localhost', 'http://[::1]:1', 'https://host/path', 'host:443']) {
    assert.deepEqual(problemsOf(withStep(`function: f, endpoint: "${fine}"`)), []);
  }
});

test('trust stores need a type and a store and trust all is a warning', () => {
  assertLines(problemsOf(withStep('function: f, ssl: {trustStoreType: PEM}')), ['has no trust store']);
  assertLines(problemsOf(withStep('function: f, ssl: {trustStorePath: /ca.pem}')), ['has no type']);
  assertLines(problemsOf(withStep('function: f, ssl: {trustAll: true}')), [
    'warning: no certificate is verified: a man in the middle',
  ]);
  assertLines(problemsOf(withStep("function: f, ssl: {trustStoreType: PEM, trustStorePath: '{#request.path}'}")), [
    'must not depend on the request',
  ]);
  const ssl = firstStep(load(withStep('function: f, ssl: {trustAll: false}'))).configuration.transport.ssl;
  assert.equal(ssl, undefined);
});

test('two steps of one name are an error', () => {
  const step = '{name: a, configuration: {function: f}}';
  const text = `version: 1\napis: {orders: {request: [${step}], response: [${step}]}}\n`;
  assertLines(problemsOf(text), ['apis.orders.response.0.name: is also the name of step 1']);
});

test('an unknown error key of a response template is a warning', () => {
  const template = '{application/json: {status: 500}}';
  const text = `version: 1\nresponseTemplates: {AWS_LAMBDA_INVALID_RESPONS: ${template}, DEFAULT: ${template}}\n`;
  assertLines(problemsOf(text), ['2:21 ', 'warning: is not an error key', 'did you mean AWS_LAMBDA_INVALID_RESPONSE?']);
});

test('a media type with parameters never fits', () => {
  const text = 'version: 1\nresponseTemplates: {DEFAULT: {"text/html; charset=utf-8": {status: 500}}}\n';
  assertLines(problemsOf(text), ['responseTemplates.DEFAULT["text/html; charset=utf-8"]: warning: never fits']);
});

test('headers that envoy refuses are explained with the rule that allows them', () => {
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

test('names that are not valid headers are errors', () => {
  for (const name of ['a b', 'a:b', '', 'ä', ':path', ':status', 'content-length', 'Transfer-Encoding']) {
    assertLines(problemsOf(withStep(`function: f, mutations: {headers: {set: {"${name}": x}}}`)), ['headers.set']);
  }
  const text = withStep('function: f, mutations: {headers: {set: {X-A: a, x-a: b}}}');
  assertLines(problemsOf(text), ['set.x-a: duplicate header']);
});

test('headers of one connection are errors wherever a name is written', () => {
  const names = [
    'connection',
    'Upgrade',
    'te',
    'Keep-Alive',
    'proxy-connection',
    'trailer',
    'Expect',
    'HTTP2-Settings',
  ];
  for (const name of [...names, 'transfer-encoding', 'content-length']) {
    const reason = /headers\.(set|append|remove|\*)?.*: (belongs to one connection|is set by the server itself)/;
    for (const headers of [
      `set: {${name}: x}`,
      `set: {${name}: null}`,
      `append: {${name}: [x]}`,
      `remove: [${name}]`,
    ]) {
      const lines = problemsOf(withStep(`function: f, mutations: {headers: {${headers}}}`));
      assert.equal(lines.length, 1, headers);
      assert.match(lines[0] ?? '', reason);
      assert.doesNotMatch(lines[0] ?? '', /warning/);
    }
    const template = `responseTemplates: {DEFAULT: {"*/*": {status: 500, headers: {${name}: x}}}}`;
    const lines = problemsOf(`version: 1\n${template}\n`);
    assert.match(lines.join('\n'), /belongs to one connection|is set by the server itself/);
  }
});

test('a fragment is not part of a path, literal or before an expression', () => {
  for (const path of ['/a#b', '/#', '/a?b=#c', "/a#{#request.headers['x'][0]}"]) {
    const lines = problemsOf(withStep(`function: f, mutations: {path: "${path}"}`));
    assertLines(lines, ['mutations.path: is not a valid path', '# (write %23)']);
  }
  for (const path of ['/a%23b', "/t/{#request.headers['x'][0]}", "{#request.headers['x'][0]}"]) {
    assert.deepEqual(problemsOf(withStep(`function: f, mutations: {path: "${path}"}`)), [], path);
  }
});

test('more than 100 header operations are an error', () => {
  const names = (count: number): string => Array.from({ length: count }, (_, index) => `x-${index}`).join(', ');
  assert.deepEqual(problemsOf(withStep(`function: f, mutations: {headers: {remove: [${names(100)}]}}`)), []);
  assertLines(problemsOf(withStep(`function: f, mutations: {headers: {remove: [${names(101)}]}}`)), ['more than 100']);
});

test('mutations of one phase are errors in the other', () => {
  const late = (mutations: string): string =>
    withStep(`function: f, mutations: {${mutations}}`).replace('request:', 'response:');
  assertLines(problemsOf(withStep('function: f, mutations: {status: 201}')), [
    'status: has no effect',
    'answer.status',
  ]);
  assertLines(problemsOf(late('path: /a')), ['path: has no effect in the response phase']);
  assertLines(problemsOf(late('clearRouteCache: true')), ['clearRouteCache: has no effect in the response phase']);
  assert.deepEqual(problemsOf(late('status: 201')), []);
  assertLines(problemsOf(withStep('function: f, mutations: {clearRouteCache: true}')), ['clearRouteCache: warning']);
});

test('a path or status that is not valid is an error', () => {
  assertLines(problemsOf(withStep('function: f, mutations: {path: a}')), ['mutations.path: is not a valid path']);
  const status = (value: string): string => withStep(`function: f, sendToConsumer: true, answer: {status: ${value}}`);
  assertLines(problemsOf(status('199')), ['answer.status: expected at least 200']);
  assertLines(problemsOf(status('ok')), ['answer.status: is not a status']);
  assertLines(problemsOf(status('600')), ['answer.status: expected at most 599']);
});

test('a guard without onConditionError: fail is a warning', () => {
  const condition = 'condition: "{#request.path == \'/a\'}", ';
  const text = withStep('function: f, sendToConsumer: true', condition);
  assertLines(problemsOf(text), ['apis.orders.request.0.condition: warning: ', '`onConditionError: fail`']);
  assert.deepEqual(
    problemsOf(withStep('function: f, sendToConsumer: true', `${condition}onConditionError: fail, `)),
    [],
  );
  assert.deepEqual(problemsOf(withStep('function: f', condition)), []);
});

test('a guard that continues after an error is a warning in both phases', () => {
  const guard = (outer: string, send = 'true') => withStep(`function: f, sendToConsumer: ${send}`, `${outer}, `);
  const condition = 'condition: "{#request.path == \'/a\'}"';
  for (const send of ['true', "'{#lambdaResponse.status != 200}'"]) {
    for (const phase of ['request', 'response']) {
      const text = (outer: string): string => guard(outer, send).replace('request:', `${phase}:`);
      const step = `apis.orders.${phase}.0`;
      assertLines(problemsOf(text('onError: continue')), [`${step}.onError: warning: `, '`onError: fail`']);
      assertLines(problemsOf(text(`${condition}, onConditionError: skip`)), [
        `${step}.onConditionError: warning: `,
        '`onConditionError: fail`',
      ]);
      assertLines(problemsOf(text(condition)), [`${step}.condition: warning: `]);
      assert.deepEqual(problemsOf(text('onError: fail')), []);
      assert.deepEqual(problemsOf(text(`${condition}, onConditionError: fail`)), []);
    }
  }
  for (const send of ['false', '"false"', 'null']) {
    assert.deepEqual(problemsOf(guard(`onError: continue, ${condition}, onConditionError: skip`, send)), []);
  }
  assert.deepEqual(problemsOf(guard('onConditionError: skip')), [], 'there is no condition');
  const inDefaults = `defaults: {sendToConsumer: true}\n${withStep('function: f', 'onError: continue, ')}`;
  assertLines(problemsOf(inDefaults), ['onError: warning: ']);
});

test('an empty text of identity or destination is a warning, since it counts as absent', () => {
  const role = 'roleArn: "arn:aws:iam::123456789012:role/r"';
  const empty = ['region', 'endpoint', 'qualifier', 'tenantId', 'clientContext', 'sessionToken', 'roleArn'];
  for (const name of empty) {
    assertLines(problemsOf(withStep(`function: f, ${name}: ""`)), [`${at}.${name}: warning: is empty`]);
  }
  for (const name of ['externalId', 'roleSessionName']) {
    assertLines(problemsOf(withStep(`function: f, ${role}, ${name}: " "`)), [`${at}.${name}: warning: is empty`]);
  }
  assertLines(
    problemsOf(withStep('function: f, accessKey: "", secretKey: ""')),
    ['accessKey: warning: is empty'],
    ['secretKey: warning: is empty'],
  );
  assertLines(problemsOf(withStep('function: f, ssl: {trustStorePath: ""}')), ['trustStorePath: warning: is empty']);
  assertLines(problemsOf(`defaults: {roleArn: ""}\n${withStep('function: f')}`), ['defaults.roleArn: warning: is']);
});

test('a trust store whose expression gives nothing is an error', () => {
  for (const name of ['trustStorePath', 'trustStoreContent', 'trustStorePassword']) {
    const ssl = { trustStoreType: 'PEM', trustStorePath: '/ca.pem', [name]: "{('')}" };
    const text = withStep(`function: f, ssl: ${JSON.stringify(ssl)}`);
    assertLines(problemsOf(text), [`ssl.${name}: the expression gives no text`]);
  }
});

test('a condition without an expression is an error', () => {
  assertLines(problemsOf(withStep('function: f', 'condition: "request.path", ')), ['condition: has no expression']);
  assert.deepEqual(problemsOf(withStep('function: f', 'condition: "true", ')), []);
});

test('a request step that reads the response is reported unless an answer can be there', () => {
  const read = "payload: '{#response.status}'";
  assertLines(problemsOf(withStep(`function: f, ${read}`)), [
    'reads the response, which is null',
    'every request fails',
  ]);
  const lenient = "payload: '{#response?.status}'";
  assertLines(problemsOf(withStep(`function: f, ${lenient}`)), ['configuration: warning: reads the response']);
  assert.deepEqual(problemsOf(withStep(`function: f, ${read}`).replace('request:', 'response:')), []);
  const answering = '{configuration: {function: f, sendToConsumer: true}}';
  const steps = `[${answering}, {configuration: {function: f, ${read}}}]`;
  assert.deepEqual(problemsOf(`version: 1\napis: {orders: {request: ${steps}}}\n`), []);
});

test('results of event and dry run are empty and reading them is a warning', () => {
  const read = 'variables: [{name: a, value: "{#jsonPath(#lambdaResponse.content, \'$\')}"}]';
  assertLines(problemsOf(withStep(`function: f, invocationType: Event, ${read}`)), [
    'invocationType: warning: Event has',
  ]);
  assertLines(problemsOf(withStep('function: f, invocationType: DryRun, logType: Tail')), ['logType: warning']);
});

test('a client context that is not json is an error', () => {
  assertLines(problemsOf(withStep('function: f, clientContext: "{"')), ['clientContext: is not valid JSON']);
});

test('a qualifier session token or role that cannot be right is reported', () => {
  assertLines(problemsOf(withStep('function: f, qualifier: "a b"')), ['qualifier: is not a valid version or alias']);
  assertLines(problemsOf(withStep('function: f, sessionToken: t')), ['sessionToken: requires accessKey']);
  assertLines(problemsOf(withStep('function: f, roleChain: [{roleArn: " "}]')), ['roleChain.0.roleArn: is missing']);
  const role = 'arn:aws:iam::123456789012:role/r';
  const short = problemsOf(withStep(`function: f, roleArn: "${role}", durationSeconds: 60`));
  assertLines(short, ['durationSeconds: AWS accepts only 900']);
  const chain = `roleChain: [{roleArn: "${role}"}], roleArn: "${role}", durationSeconds`;
  assertLines(problemsOf(withStep(`function: f, ${chain}: 7200`)), [
    'durationSeconds: AWS accepts at most',
    '3600 seconds',
  ]);
  assert.deepEqual(problemsOf(withStep(`function: f, ${chain}: 3600`)), []);
});

test('an attempt that may take longer than the call is a warning', () => {
  const lines = problemsOf(withStep('function: f, apiCallAttemptTimeoutMs: 20, apiCallTimeoutMs: 10'));
  assertLines(lines, ['apiCallAttemptTimeoutMs: warning: is longer than apiCallTimeoutMs,']);
});

test('a response template that reads a body is a warning', () => {
  const text = `version: 1\nresponseTemplates: {DEFAULT: {"*/*": {status: 500, body: "{#request.content}"}}}\n`;
  assertLines(problemsOf(text), ['body: warning: a body is available here only if']);
  const length = 'version: 1\nresponseTemplates: {DEFAULT: {"*/*": {status: 500, headers: {content-length: "1"}}}}\n';
  assertLines(problemsOf(length), ['headers.content-length: is set by the server itself']);
});

test('a maximum timeout below the timeout is a warning', () => {
  const lines = problemsOf('version: 1\nenvoy:\n  messageTimeoutMs: 200\n  maxMessageTimeoutMs: 100\n');
  assertLines(lines, ['4:24 envoy.maxMessageTimeoutMs: warning: is shorter']);
});

test('secrets of a trust store are read when the document is loaded', (t) => {
  process.env.LAMBDA_EXT_PROC_SECRET_TEST_TRUST_STORE_PASSWORD = 'opened';
  t.after(() => delete process.env.LAMBDA_EXT_PROC_SECRET_TEST_TRUST_STORE_PASSWORD);
  const ssl = (name: string): string =>
    withStep(
      `function: f, ssl: {trustStoreType: PKCS12, trustStorePath: /p, trustStorePassword: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_${name}')}"}`,
    );
  const { transport } = firstStep(load(ssl('TEST_TRUST_STORE_PASSWORD'))).configuration;
  assert.equal(transport.ssl?.trustStorePassword, 'opened');
  assertLines(problemsOf(ssl('TEST_NOT_THERE')), ['ssl.trustStorePassword: ', 'check that its secret exists']);
});

test('secrets stand in credential fields only', () => {
  assertLines(problemsOf(withStep(`function: f, payload: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_X')}"`)), [
    `${at}.payload: `,
  ]);
});

test('a key of identity or destination with nothing behind it is reported, and a null that somebody wrote is not', () => {
  const fields = ['accessKey', 'secretKey', 'roleArn', 'roleChain', 'externalId', 'endpoint', 'qualifier', 'region'];
  const told = (text: string) =>
    load(text)
      .warnings.filter(({ message }) => message.startsWith('is empty and counts as absent'))
      .map(({ path }) => path.split('.').at(-1))
      .sort();
  const step = (value: string, names: readonly string[]) =>
    `version: 1\ndefaults: {function: f, roleArn: "arn:aws:iam::123456789012:role/r"}\napis:\n  default:\n    request:\n` +
    `      - configuration:\n          function: f\n${names.map((name) => `          ${name}:${value}\n`).join('')}`;
  const inDefaults = (value: string) =>
    `version: 1\ndefaults:\n  function: f\n${fields.map((name) => `  ${name}:${value}\n`).join('')}` +
    'apis: {default: {request: [{configuration: {}}]}}\n';
  const withoutRole = fields.filter((name) => name !== 'externalId').sort();
  for (const nothing of ['', ' # nothing', '  ']) {
    assert.deepEqual(told(step(nothing, fields)), withoutRole);
    assert.deepEqual(told(step(nothing, ['externalId', 'roleSessionName'])), ['externalId', 'roleSessionName']);
    assert.deepEqual(told(inDefaults(nothing)), withoutRole);
  }
  for (const written of [' null', ' ~']) assert.deepEqual(told(step(written, fields)), []);
});

test('an empty list of allow bounds nothing, and is reported', () => {
  const told = (allow: string) => load(`version: 1\n${allow}\napis: {}\n`).warnings.map(({ path }) => path);
  assert.deepEqual(told('allow:'), ['allow']);
  assert.deepEqual(told('allow:\n  functions:\n  roles: []'), ['allow.functions']);
  assert.deepEqual(told('allow: {functions: null, roles: []}'), []);
});
