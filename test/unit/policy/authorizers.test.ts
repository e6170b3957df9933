import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  APIGatewayRequestAuthorizerEventSchema,
  APIGatewayRequestAuthorizerEventV2Schema,
  APIGatewayTokenAuthorizerEventSchema,
} from '@aws-lambda-powertools/parser/schemas';
import { dynamicMetadata } from '../../../src/ext-proc/dynamic-metadata.ts';
import { InvocationError } from '../../../src/lambda/index.ts';
import { answerOf, type PolicyRunOptions, policyRun, step, type TestFunction } from '../../support/policy-run.ts';

const START = 'arn:aws:execute-api:us-east-1:000000000000:lambda-ext-proc';
const policy = (effect = 'Allow', resource: unknown = '*', context?: unknown) => {
  const statement = { Action: 'execute-api:Invoke', Effect: effect, Resource: resource };
  const policyDocument = { Version: '2012-10-17', Statement: [statement] };
  return JSON.stringify({ principalId: 'me', policyDocument, context });
};

interface Scene extends PolicyRunOptions {
  readonly authorizer: object;
  readonly configuration?: object;
  readonly answer?: TestFunction;
  readonly steps?: readonly object[];
  readonly api?: object;
}

function scene({ authorizer, configuration, answer = () => policy(), steps = [], api = {}, ...options }: Scene) {
  const guard = { name: 'guard', authorizer, configuration: { function: 'authorize', ...configuration } };
  const document = { apis: { default: { request: [guard, ...steps], ...api } } };
  return policyRun(document, {
    method: 'GET',
    path: '/orders/7?a=b',
    headers: { authorization: 'Bearer x' },
    head: { remoteAddress: '192.0.2.7' },
    ...options,
    functions: { authorize: answer, ...options.functions },
  });
}

const eventOf = (run: ReturnType<typeof policyRun>, index = 0) => {
  return JSON.parse(Buffer.from(run.invocations[index]?.payload ?? '').toString());
};

test('a TOKEN authorizer gets the type, the ARN and the token, and nothing else', async () => {
  const run = scene({ authorizer: { type: 'TOKEN' } });
  assert.equal((await run.request()).kind, 'continue');
  const event = eventOf(run);
  assert.deepEqual(event, { type: 'TOKEN', methodArn: `${START}/prod/GET/orders/7`, authorizationToken: 'Bearer x' });
  APIGatewayTokenAuthorizerEventSchema.parse(event);
});

test("a REST API's REQUEST authorizer gets the event of format 1.0 without its body", async () => {
  const run = scene({ authorizer: { type: 'REQUEST', identitySource: 'method.request.header.Authorization' } });
  await run.request('the body');
  const event = eventOf(run);
  APIGatewayRequestAuthorizerEventSchema.parse(event);
  assert.equal(event.methodArn, `${START}/prod/GET/orders/7`);
  assert.equal(event.headers.Authorization, 'Bearer x');
  for (const name of ['body', 'isBase64Encoded', 'version', 'identitySource', 'authorizationToken']) {
    assert.equal(name in event, false, name);
  }
});

test("an HTTP API's REQUEST authorizer of format 1.0 gets the sources joined", async () => {
  const identitySource = ['$request.header.Authorization', '$request.querystring.a'];
  const run = scene({ authorizer: { type: 'REQUEST', payloadFormatVersion: '1.0', identitySource } });
  await run.request();
  const event = eventOf(run);
  APIGatewayRequestAuthorizerEventSchema.parse(event);
  assert.equal(event.version, '1.0');
  assert.equal(event.methodArn, `${START}/$default/GET/orders/7`);
  assert.equal(event.identitySource, 'Bearer x,b');
  assert.equal(event.authorizationToken, 'Bearer x,b');
});

test('a REQUEST authorizer of format 2.0 gets the route and the sources as a list', async () => {
  const identitySource = [
    '$request.header.authorization',
    '$context.routeKey',
    '$context.identity.sourceIp',
    '$stageVariables.v',
  ];
  const run = scene({
    authorizer: { type: 'REQUEST', payloadFormatVersion: '2.0', identitySource },
    configuration: {
      format: {
        stage: 'live',
        resource: '/orders/{id}',
        apiId: 'abc',
        accountId: '123456789012',
        stageVariables: { v: '1' },
      },
    },
  });
  assert.equal((await run.request()).kind, 'continue');
  const event = eventOf(run);
  APIGatewayRequestAuthorizerEventV2Schema.parse(event);
  assert.equal(event.routeArn, 'arn:aws:execute-api:us-east-1:123456789012:abc/live/GET/orders/7');
  assert.deepEqual(event.identitySource, ['Bearer x', 'GET /orders/{id}', '192.0.2.7', '1']);
  assert.equal('body' in event, false);
});

test('without identity sources the function is asked in any case', async () => {
  const run = scene({ authorizer: { type: 'REQUEST', payloadFormatVersion: '2.0' }, headers: {} });
  assert.equal((await run.request()).kind, 'continue');
  assert.equal(eventOf(run).identitySource, null);
});

const SOURCES = ['$request.header.Authorization', '$request.querystring.a'];
const unidentified: readonly (readonly [string, PolicyRunOptions])[] = [
  ['no header', { headers: {} }],
  ['an empty header', { headers: { authorization: '' } }],
  ['a blank header', { headers: { authorization: ' ' } }],
  [
    'two headers',
    {
      headers: [
        ['authorization', 'good'],
        ['authorization', 'bad'],
      ],
    },
  ],
  [
    'an empty and a full header',
    {
      headers: [
        ['authorization', ''],
        ['authorization', 'good'],
      ],
    },
  ],
  ['no parameter', { path: '/a' }],
  ['an empty parameter', { path: '/a?a=' }],
  ['two parameters', { path: '/a?a=1&a=2' }],
  ['two spellings of a parameter', { path: '/a?a=1&%61=2' }],
  ['a parameter in capitals', { path: '/a?A=1' }],
];
for (const [name, options] of unidentified) {
  test(`${name}: 401, and the function is not called`, async () => {
    const authorizer = { type: 'REQUEST', payloadFormatVersion: '2.0', identitySource: SOURCES };
    const run = scene({ authorizer, ...options });
    const { status, body, errorKey } = answerOf(await run.request());
    assert.deepEqual([status, body, errorKey], [401, '{"message":"Unauthorized"}', 'LAMBDA_EXT_PROC_UNAUTHORIZED']);
    assert.equal(run.calls.length, 0);
  });
}

test("a caller's address that Envoy does not expose is a missing source, not one that all such callers share", async () => {
  const authorizer = { type: 'REQUEST', payloadFormatVersion: '2.0', identitySource: ['$context.identity.sourceIp'] };
  assert.equal((await scene({ authorizer }).request()).kind, 'continue');
  const run = scene({ authorizer, head: { remoteAddress: null } });
  assert.equal(answerOf(await run.request()).status, 401);
  assert.equal(run.calls.length, 0);
});

test('all of a token must match identityValidationExpression', async () => {
  const authorizer = { type: 'TOKEN', identityValidationExpression: 'Bearer [a-z]+' };
  assert.equal((await scene({ authorizer }).request()).kind, 'continue');
  for (const authorization of ['Bearer x1', 'xBearer x', 'Bearer ', 'Bearer x\ty', 'bearer x']) {
    const run = scene({ authorizer, headers: { authorization } });
    assert.equal(answerOf(await run.request()).status, 401, authorization);
    assert.equal(run.calls.length, 0);
  }
});

test('a path with two meanings is a 400 before the function is called', async () => {
  for (const path of ['//a', '/a/../b', '/a%2fb', '/a\\b', '/%2e%2e/a', '*', '/..;/a']) {
    const run = scene({ authorizer: { type: 'TOKEN' }, path });
    const { status, errorKey } = answerOf(await run.request());
    assert.deepEqual([status, errorKey, run.calls.length], [400, 'LAMBDA_EXT_PROC_AMBIGUOUS_PATH', 0], path);
  }
  const long = scene({ authorizer: { type: 'TOKEN' }, path: `/${'a'.repeat(1_600)}` });
  assert.equal(answerOf(await long.request()).status, 414);
});

test('the ARN has the path as earlier steps changed it', async () => {
  const first = step('x', { payload: 'y', mutations: { path: '/changed?c=d' } });
  const guard = { authorizer: { type: 'TOKEN' }, configuration: { function: 'authorize' } };
  const document = { apis: { default: { request: [first, guard] } } };
  const options = { headers: { authorization: 'x' }, method: 'GET', functions: { authorize: () => policy() } };
  const run = policyRun(document, options);
  await run.request();
  assert.equal(eventOf(run, 1).methodArn, `${START}/prod/GET/changed`);
});

const REST = { type: 'TOKEN' };
const SIMPLE = { type: 'REQUEST', payloadFormatVersion: '2.0', enableSimpleResponses: true };
const FAILED = 'LAMBDA_EXT_PROC_AUTHORIZER_FAILED';
const FORBIDDEN = 'LAMBDA_EXT_PROC_FORBIDDEN';
const error = (payload: string) => () => ({ functionError: 'Unhandled', payload: Buffer.from(payload) });
const answers: readonly (readonly [string, object, TestFunction, number, string, string])[] = [
  [
    'a policy without an Allow',
    REST,
    () => policy('Allow', 'x'),
    403,
    '{"Message":"User is not authorized to access this resource"}',
    FORBIDDEN,
  ],
  [
    'a Deny',
    REST,
    () => policy('Deny'),
    403,
    '{"Message":"User is not authorized to access this resource with an explicit deny"}',
    FORBIDDEN,
  ],
  [
    'a Deny of an HTTP API',
    { type: 'REQUEST', payloadFormatVersion: '2.0' },
    () => policy('Deny'),
    403,
    '{"message":"Forbidden"}',
    FORBIDDEN,
  ],
  ['isAuthorized false', SIMPLE, () => '{"isAuthorized":false}', 403, '{"message":"Forbidden"}', FORBIDDEN],
  ['isAuthorized "true"', SIMPLE, () => '{"isAuthorized":"true"}', 500, '{"message":"Internal Server Error"}', FAILED],
  ['a policy instead of a simple response', SIMPLE, () => policy(), 500, '{"message":"Internal Server Error"}', FAILED],
  [
    'a simple response instead of a policy',
    REST,
    () => '{"isAuthorized":true}',
    500,
    '{"message":"Internal server error"}',
    FAILED,
  ],
  ['no JSON', REST, () => 'yes', 500, '{"message":"Internal server error"}', FAILED],
  ['nothing', REST, () => '', 500, '{"message":"Internal server error"}', FAILED],
  ['null', REST, () => 'null', 500, '{"message":"Internal server error"}', FAILED],
  ['a nested context', REST, () => policy('Allow', '*', { a: {} }), 500, '{"message":"Internal server error"}', FAILED],
  [
    'the error Unauthorized',
    REST,
    error('{"errorMessage":"Unauthorized"}'),
    401,
    '{"message":"Unauthorized"}',
    'LAMBDA_EXT_PROC_UNAUTHORIZED',
  ],
  [
    'another error',
    REST,
    error('{"errorMessage":"Unauthorized!"}'),
    500,
    '{"message":"Internal server error"}',
    FAILED,
  ],
  ['an error that looks like a policy', REST, error(policy()), 500, '{"message":"Internal server error"}', FAILED],
  [
    'status 202',
    REST,
    () => ({ status: 202, payload: Buffer.from(policy()) }),
    500,
    '{"message":"Internal server error"}',
    FAILED,
  ],
];
for (const [name, authorizer, answer, status, body, key] of answers) {
  test(`${name}: ${status}`, async () => {
    const run = scene({ authorizer, answer });
    const got = answerOf(await run.request());
    assert.deepEqual([got.status, got.body, got.errorKey], [status, body, key]);
    assert.equal(got.headers['content-type'], 'application/json');
    assert.equal(run.transaction.attributes.has('authorizer'), false);
  });
}

for (const failure of ['timeout', 'too-many-invocations', 'connection-failed', 'no-credentials'] as const) {
  test(`a call that ends with ${failure} admits nobody`, async () => {
    const answer = () => {
      throw new InvocationError(failure, { message: 'no result' });
    };
    const run = scene({ authorizer: REST, answer });
    const { status, body, errorKey } = answerOf(await run.request());
    assert.deepEqual([status, body, errorKey], [500, '{"message":"Internal server error"}', FAILED]);
  });
}

test('an answer for which there is no memory admits nobody', async () => {
  const long = policy('Allow', ['*', ...Array.from({ length: 200 }, (_, i) => `arn:${i}`)]);
  let room = 8_000;
  const memory = {
    shortage: 'full',
    take: (bytes: number) => {
      const taken = bytes <= room;
      if (taken) room -= bytes;
      return taken;
    },
    give: (bytes: number) => {
      room += bytes;
    },
  };
  const run = scene({ authorizer: REST, answer: () => long, memory });
  const { status, errorKey } = answerOf(await run.request());
  assert.deepEqual([status, errorKey], [503, 'LAMBDA_EXT_PROC_OVERLOADED']);
  assert.equal(run.calls.length, 1);
});

test('a request that is given up while the function is asked is not let in by its answer', async () => {
  const run = scene({
    authorizer: REST,
    answer: () => {
      run.transaction.abort();
      return policy();
    },
  });
  await assert.rejects(run.request());
});

test('a denial ends the phase: no later step takes its place', async () => {
  const steps = [step('app', { sendToConsumer: true, payload: '1' })];
  const api = { response: [step('late', { payload: '2', sendToConsumer: true })] };
  const run = scene({ authorizer: REST, answer: () => policy('Deny'), steps, api });
  assert.equal(answerOf(await run.request()).status, 403);
  assert.deepEqual(run.calls, ['authorize']);
});

test('a response template answers by the key', async () => {
  const responseTemplates = { LAMBDA_EXT_PROC_FORBIDDEN: { '*/*': { status: 404, body: { key: '{#error.key}' } } } };
  const run = scene({ authorizer: REST, answer: () => policy('Deny'), api: { responseTemplates } });
  const { status, body } = answerOf(await run.request());
  assert.deepEqual([status, body], [404, '{"key":"LAMBDA_EXT_PROC_FORBIDDEN"}']);
});

const CONTEXT = { tier: 'gold', n: 7, ok: true, principalId: 'forged', nothing: null };

test('expressions and later events of both formats have what the authorizer told', async () => {
  const steps = [
    step('v1', { requestFormat: 'api-gateway-v1' }),
    step('v2', { requestFormat: 'api-gateway-v2' }),
    step('url', { requestFormat: 'function-url' }),
    step('words', {
      payload: "{#context.attributes['authorizer']['principalId']} {#context.attributes['authorizer']['tier']}",
    }),
  ];
  const run = scene({ authorizer: REST, answer: () => policy('Allow', '*', CONTEXT), steps });
  assert.equal((await run.request(''))?.kind, 'continue');
  const { integrationLatency, ...rest } = eventOf(run, 1).requestContext.authorizer;
  assert.deepEqual(rest, { principalId: 'me', tier: 'gold', n: '7', ok: 'true' });
  assert.equal(typeof integrationLatency, 'number');
  const { principalId: _, nothing, ...context } = CONTEXT;
  assert.equal(nothing, null);
  assert.deepEqual(eventOf(run, 2).requestContext.authorizer, { lambda: { ...context, principalId: 'forged' } });
  assert.equal('authorizer' in eventOf(run, 3).requestContext, false);
  assert.equal(Buffer.from(run.invocations[4]?.payload ?? '').toString(), 'me gold');
});

test('a number of a context stays the same number, however long it is', async () => {
  const steps = [
    step('v1', { requestFormat: 'api-gateway-v1' }),
    step('v2', { requestFormat: 'api-gateway-v2' }),
    step('words', { payload: "{#context.attributes['authorizer']['id']} {#context.attributes['authorizer']['big']}" }),
  ];
  const numbers = '"id":9007199254740993,"big":-12345678901234567891,"half":0.5';
  const answer = () => policy('Allow', '*', {}).replace('"context":{}', `"context":{${numbers}}`);
  const run = scene({ authorizer: { ...REST, metadata: true }, answer, steps });
  assert.equal((await run.request(''))?.kind, 'continue');
  const payloads = run.invocations.map(({ payload }) => Buffer.from(payload ?? '').toString());
  assert.match(payloads[1] ?? '', /"id":"9007199254740993","big":"-12345678901234567891","half":"0.5"/);
  assert.ok(payloads[2]?.includes(`{"lambda":{${numbers}}}`), payloads[2]);
  assert.equal(payloads[3], '9007199254740993 -12345678901234567891');
  assert.match(
    JSON.stringify(dynamicMetadata(run.transaction, true)?.fields),
    /"id":\{"stringValue":"9007199254740993"\}/,
  );
});

test('a simple response without a context is null in later events of format 2.0', async () => {
  const steps = [step('v2', { requestFormat: 'api-gateway-v2' })];
  const run = scene({ authorizer: SIMPLE, answer: () => '{"isAuthorized":true}', steps });
  await run.request('');
  assert.deepEqual(eventOf(run, 1).requestContext.authorizer, { lambda: null });
});

test('a second authorizer does not have what the first told', async () => {
  const second = { authorizer: SIMPLE, configuration: { function: 'second' } };
  const functions = { second: () => '{"isAuthorized":true}' };
  const run = scene({
    authorizer: REST,
    answer: () => policy('Allow', '*', { tier: 'gold' }),
    steps: [second],
    functions,
  });
  await run.request();
  assert.equal('authorizer' in eventOf(run, 1).requestContext, false);
  assert.deepEqual([...(run.transaction.attributes.get('authorizer') as Map<string, unknown>)], []);
});

test('an error in the condition of an authorizer fails the request', async () => {
  const guard = {
    condition: "{#request.headers['x'][0].length() > 1}",
    authorizer: REST,
    configuration: { function: 'authorize' },
  };
  const run = policyRun({ apis: { default: { request: [guard] } } }, { functions: { authorize: () => policy() } });
  assert.equal(answerOf(await run.request()).status, 500);
});

test('a condition by the path skips no path with two meanings', async () => {
  const conditions = [
    "{#request.path.startsWith('/public/') == false}",
    "{#request.uri matches '/public/.*' ? false : true}",
    "{#request['pathInfo'].startsWith('/public/') == false}",
    "{#context.attributes['zone'] != 'public'}",
  ];
  for (const condition of conditions) {
    const zone = { name: 'zone', value: "{#request.path.startsWith('/public/') ? 'public' : 'private'}" };
    const steps = [step('zone', { variables: [zone] }), { ...guardBy(condition) }];
    const status = async (path: string) => {
      const outcome = await policyRun({ apis: { default: { request: steps } } }, { path }).request();
      return outcome.kind === 'continue' ? 0 : answerOf(outcome).status;
    };
    assert.equal(await status('/public/a'), 0, condition);
    for (const path of ['/public/..%2fadmin', '/public/..;/admin', '/public//../admin', '/public/%2e%2e/admin'])
      assert.equal(await status(path), 400, `${condition} ${path}`);
  }
});

test('a condition by anything else leaves paths alone', async () => {
  const request = [guardBy("{#request.method != 'OPTIONS'}")];
  const run = policyRun({ apis: { default: { request } } }, { method: 'OPTIONS', path: '/a%2fb' });
  assert.equal((await run.request()).kind, 'continue');
});

function guardBy(condition: string) {
  return { condition, authorizer: REST, configuration: { function: 'authorize' } };
}
