// The policy through a real Envoy: what the reference's own suite never covers, and what this project adds.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { anyInline } from '../support/inline-rights.ts';

const json = (value: unknown) => ({
  kind: 'answer' as const,
  answer: { status: 200, body: JSON.stringify(value) },
  runs: true,
});

let lambda: FaultStub;
let environment: Environment;

function step(functionName: string, extra: object = {}, outer: object = {}) {
  const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  return { ...outer, configuration: { ...keys, function: functionName, endpoint: lambda.endpoint, ...extra } };
}

function policies(): object {
  const set = (headers: object) => ({ mutations: { headers: { set: headers } } });
  return {
    version: 1,
    inline: anyInline,
    responseTemplates: { LAMBDA_EXT_PROC_UNKNOWN_API: { '*/*': { status: 555, body: 'no such API' } } },
    apis: {
      'answer-chain': {
        request: [
          step('first', { sendToConsumer: true }),
          step('second', {
            payload: '{#lambdaResponse.content}',
            variables: [{ name: 'v', value: "{#jsonPath(#lambdaResponse.content, '$.n')}" }],
          }),
          step('third', {
            sendToConsumer: true,
            answer: { status: 201, headers: { set: { 'x-v': "{#context.attributes['v']}" } } },
          }),
        ],
        response: [step('fourth', { payload: '{#response.content}', ...set({ 'x-status': '{#response.status}' }) })],
      },
      decides: {
        request: [
          step('decides', {
            sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.deny')}",
            answer: { status: "{#jsonPath(#lambdaResponse.content, '$.status')}" },
          }),
        ],
      },
      'function-error': { request: [step('broken')] },
      templates: {
        request: [step('broken')],
        responseTemplates: {
          AWS_LAMBDA_INVALID_RESPONSE: {
            'application/json': {
              status: 502,
              headers: { 'x-key': '{#error.key}', 'cache-control': 'no-store' },
              body: '{"key":"{#error.key}","error":"{#parameters[\'error\']}","path":"{#request.path}"}',
            },
          },
        },
      },
      event: { request: [step('event', { invocationType: 'Event', payload: '{}', sendToConsumer: true })] },
      'dry-run': { request: [step('dry', { invocationType: 'DryRun', sendToConsumer: true })] },
      'event-variable': {
        request: [
          step('event', {
            invocationType: 'Event',
            variables: [{ name: 'v', value: "{#jsonPath(#lambdaResponse.content, '$')}" }],
          }),
        ],
      },
      tail: { request: [step('tail', { logType: 'Tail', sendToConsumer: true })] },
      payload: {
        request: [
          step('echo', {
            function: "e{#request.params['f'][0]}",
            payload: '{"id":"{#jsonPath(#request.content, \'$.id\')}","h":"{#request.headers[\'x-h\'][0]}"}',
            ...set({ 'x-lambda': '{#lambdaResponse.content}' }),
          }),
        ],
      },
      'null-payload': { request: [step('echo', { payload: "{#request.headers['x-none']}", sendToConsumer: true })] },
      headers: {
        request: [
          step(
            'tier',
            {
              variables: [{ name: 'tier', value: "{#jsonPath(#lambdaResponse.content, '$.tier')}" }],
              mutations: {
                headers: { set: { 'x-tier': "{#context.attributes['tier']}", 'x-fixed': 'f' }, remove: ['x-secret'] },
              },
            },
            { condition: "{#request.params['skip'] == null}" },
          ),
        ],
      },
      'condition-error': {
        request: [step('tier', set({ 'x-tier': 'gold' }), { condition: '{#request.jsonContent.nothing.at.all}' })],
      },
      'condition-guard': {
        request: [step('tier', {}, { condition: '{#context.attributes.nothing.at.all}', onConditionError: 'fail' })],
      },
      continues: {
        request: [
          step('broken', set({ 'x-tier': 'gold' }), { onError: 'continue' }),
          step('tier', set({ 'x-second': 'yes' })),
        ],
      },
      'answers-broken': {
        request: [
          step(
            'first',
            {
              sendToConsumer: true,
              answer: { headers: { set: { 'x-guard': '{#context.attributes.nothing.at.all}' } } },
            },
            { onError: 'continue' },
          ),
        ],
      },
      throttled: { request: [step('throttled', { errorStatus: { throttled: 429 }, retry: { maxAttempts: 1 } })] },
      'respond-all': { response: [step('first', { sendToConsumer: true })] },
      'respond-reads': {
        response: [
          step('echo', {
            payload: '{#response.content}',
            mutations: {
              body: '<{#lambdaResponse.content}>',
              status: 203,
              headers: { append: { 'set-cookie': 'own=1' } },
            },
          }),
        ],
      },
      reroute: {
        request: [
          step('tier', {
            mutations: { path: '/chosen?by=lambda', clearRouteCache: true, headers: { set: { 'x-a': 'b' } } },
          }),
        ],
      },
      'set-cookies': {
        request: [
          step('first', {
            sendToConsumer: true,
            answer: { headers: { append: { 'set-cookie': 'a=1' }, set: { 'content-type': 'text/plain' } } },
          }),
          step('first', { sendToConsumer: true, answer: { headers: { append: { 'set-cookie': 'b=2' } } } }),
        ],
      },
      reads: {
        request: [step('echo', { payload: '{#request.content}', ...set({ 'x-read': '{#lambdaResponse.content}' }) })],
      },
      plain: { request: [step('tier', set({ 'x-tier': 'gold' }))] },
    },
  };
}

before(async () => {
  lambda = await FaultStub.start();
  const config = policies() as { apis: object };
  const apis = Object.keys(config.apis).sort((a, b) => b.length - a.length);
  environment = await startEnvironment({
    policies: config,
    env: { AWS_REGION: 'us-east-1' },
    envoy: {
      routes: [
        ...apis.map((api) => ({ prefix: `/${api}`, name: api, metadata: { 'x-lambda-api': api } })),
        { prefix: '/chosen', name: 'chosen' },
        { prefix: '/no-api', name: 'no-api', metadata: {} },
        { prefix: '/unknown', name: 'unknown', metadata: { 'x-lambda-api': 'nobody' } },
        { prefix: '/both', name: 'both', metadata: { 'x-lambda-api': 'plain', 'x-lambda-policies': '{}' } },
        { prefix: '/inline-broken', name: 'inline-broken', metadata: { 'x-lambda-policies': '{"request": [' } },
        {
          prefix: '/inline',
          name: 'inline',
          metadata: { 'x-lambda-policies': JSON.stringify({ request: [step('first', { sendToConsumer: true })] }) },
        },
      ],
    },
  });
});
after(async () => {
  await environment?.stop();
  await lambda?.stop();
});

beforeEach(() => {
  environment.backend.reset();
  lambda.forget();
  lambda.script('first', json({ n: 1 }));
  lambda.script('second', json({ n: 2 }));
  lambda.script('third', json({ n: 3 }));
  lambda.script('fourth', json({ n: 4 }));
  lambda.script('echo', json('echo'));
  lambda.script('tier', json({ tier: 'gold' }));
  lambda.script('event', { kind: 'answer', answer: { status: 202 }, runs: true });
  lambda.script('dry', { kind: 'answer', answer: { status: 204 } });
  const headers = { 'x-amz-function-error': 'Unhandled' };
  lambda.script('broken', {
    kind: 'answer',
    answer: { status: 200, headers, body: '{"errorMessage":"secret text"}' },
    runs: true,
  });
  const log = Buffer.from('START\nhello from the function\nEND').toString('base64');
  lambda.script('tail', {
    kind: 'answer',
    answer: { status: 200, headers: { 'x-amz-log-result': log }, body: '"done"' },
    runs: true,
  });
  lambda.script('throttled', { kind: 'error', type: 'TooManyRequestsException', headers: { 'retry-after': '7' } });
});

const payloadOf = (functionName: string) =>
  lambda.requests.filter((request) => request.functionName === functionName).map((request) => String(request.body));

describe('sendToConsumer', () => {
  test('later request steps and all response steps run on the answer; the last one wins; no backend', async () => {
    const answer = await environment.call('/answer-chain');
    assert.deepEqual([answer.status, answer.text], [201, '{"n":3}']);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.deepEqual([answer.headers.get('x-v'), answer.headers.get('x-status')], ['2', '201']);
    assert.equal(environment.backend.calls, 0);
    assert.deepEqual([payloadOf('second'), payloadOf('fourth')], [['{"n":1}'], ['{"n":3}']]);
  });

  test('as an expression it lets a Lambda decide', async () => {
    lambda.script('decides', json({ deny: true, status: 403 }));
    assert.equal((await environment.call('/decides')).status, 403);
    assert.equal(environment.backend.calls, 0);
    lambda.script('decides', json({ deny: false, status: 403 }));
    assert.equal((await environment.call('/decides')).status, 200);
    assert.equal(environment.backend.calls, 1);
  });

  test('an expression that fails answers with its key and calls no backend', async () => {
    lambda.script('decides', json({ deny: 'perhaps' }));
    const answer = await environment.call('/decides', { headers: { accept: 'text/plain' } });
    assert.equal(answer.status, 500);
    assert.match(answer.text, /^An error occurs while processing context variables\. Details: \[sendToConsumer\]$/);
    assert.equal(environment.backend.calls, 0);
  });

  test('Event is 202 without a body, DryRun 204', async () => {
    const event = await environment.call('/event');
    assert.deepEqual([event.status, event.text, event.headers.get('content-type')], [202, '', null]);
    const dry = await environment.call('/dry-run');
    assert.deepEqual([dry.status, dry.text, dry.headers.get('content-length')], [204, '', null]);
  });

  test('in the response phase the status and body are replaced and other headers kept', async () => {
    environment.backend.answerWith({
      status: 404,
      headers: {
        'x-backend': 'b',
        'content-encoding': 'gzip',
        etag: '"1"',
        'content-digest': 'sha-256=:AAAA:',
        'content-md5': 'AAAA',
      },
      body: gzipSync('not found'),
    });
    const answer = await environment.call('/respond-all');
    assert.deepEqual([answer.status, answer.text], [200, '{"n":1}']);
    assert.deepEqual([answer.headers.get('content-digest'), answer.headers.get('content-md5')], [null, null]);
    assert.equal(answer.headers.get('etag'), null, 'a strong tag is of the bytes that were replaced');
    assert.deepEqual([answer.headers.get('x-backend'), answer.headers.get('content-encoding')], ['b', null]);
    assert.equal(answer.headers.get('content-type'), 'application/json');
  });

  test('HEAD gets headers and no body, in both phases', async () => {
    for (const path of ['/answer-chain', '/respond-all', '/respond-reads']) {
      const answer = await environment.call(path, { method: 'HEAD' });
      assert.equal(answer.text, '', path);
      assert.ok(answer.status < 300, path);
      // The connection is still in order.
      assert.equal((await environment.call('/answer-chain')).text, '{"n":3}');
    }
  });

  test('two cookies of two policies are two headers', async () => {
    const answer = await environment.call('/set-cookies');
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
  });
});

describe('payload and variables', () => {
  test('expressions in function and payload are evaluated for each request', async () => {
    const answer = await environment.call('/payload?f=cho', {
      method: 'POST',
      body: '{"id":"A\\"1"}',
      headers: { 'x-h': 'h1' },
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(payloadOf('echo'), ['{"id":"A"1","h":"h1"}']);
    const { headers, body } = JSON.parse(answer.text);
    assert.equal(headers['x-lambda'], '"echo"');
    assert.equal(body, '{"id":"A\\"1"}', 'the original body goes on to the backend');
  });

  test('a payload that is null is not a payload', async () => {
    await environment.call('/null-payload');
    const [request] = lambda.requests;
    assert.equal(request?.body.length, 0);
    assert.equal(request?.headers.get('content-type'), undefined);
  });

  test('a variable that cannot be evaluated is an error with its key, and names the variable', async () => {
    const answer = await environment.call('/event-variable', { headers: { accept: 'application/json' } });
    assert.equal(answer.status, 500);
    assert.deepEqual(JSON.parse(answer.text), {
      message: 'An error occurs while processing context variables. Details: [variable v]',
      http_status_code: 500,
    });
    const entry = await environment.envoy.accessLog((each) => each.path === '/event-variable');
    assert.equal(entry.details, 'lambda_ext_proc{AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION}');
    assert.equal(entry.metadata?.errorKey, 'AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION');
  });

  test('variables and invocations are dynamic metadata', async () => {
    await environment.call('/headers?meta');
    const { metadata } = await environment.envoy.accessLog((each) => each.path === '/headers?meta');
    assert.deepEqual(metadata?.variables, { tier: 'gold' });
    const [policy] = Object.values(metadata?.policies as Record<string, Record<string, unknown>>);
    assert.equal(policy?.status, 200);
    assert.ok(Number(policy?.durationMs) > 0);
  });
});

describe('mutations', () => {
  const caller = { 'x-tier': 'forged', 'x-secret': 's', 'x-fixed': 'forged' };
  const seen = (text: string) => JSON.parse(text).headers;

  test('a variable reaches the backend, and a caller cannot forge it', async () => {
    const headers = seen((await environment.call('/headers', { headers: caller })).text);
    assert.deepEqual([headers['x-tier'], headers['x-fixed'], headers['x-secret']], ['gold', 'f', undefined]);
  });

  test('a null value removes the header', async () => {
    lambda.script('tier', json({ tier: null }));
    const headers = seen((await environment.call('/headers', { headers: caller })).text);
    assert.equal(headers['x-tier'], undefined);
  });

  test('a skipped policy removes the headers that it would have set', async () => {
    const headers = seen((await environment.call('/headers?skip=1', { headers: caller })).text);
    assert.deepEqual([headers['x-tier'], headers['x-fixed'], headers['x-secret']], [undefined, undefined, 's']);
    assert.equal(lambda.requests.length, 0);
  });

  test('an answer does not leave without its mutations, whatever onError says', async () => {
    const calls = environment.backend.calls;
    const answer = await environment.call('/answers-broken');
    assert.equal(answer.status, 500);
    assert.match(answer.text, /An error occurs while processing context variables/);
    assert.equal(environment.backend.calls, calls);
  });

  test('so does a policy that continues after an error, and the next one runs', async () => {
    const headers = seen((await environment.call('/continues', { headers: caller })).text);
    assert.deepEqual([headers['x-tier'], headers['x-second']], [undefined, 'yes']);
  });

  test('a value with a line break is an error and no header injection', async () => {
    lambda.script('tier', json({ tier: 'a\r\nx-admin: 1' }));
    const answer = await environment.call('/headers', { headers: { accept: 'text/plain' } });
    assert.equal(answer.status, 500);
    assert.match(answer.text, /mutations\.headers\.set\.x-tier has a control character/);
    assert.equal(environment.backend.calls, 0);
  });

  test('a path and a cleared route cache choose another route', async () => {
    const answer = await environment.call('/reroute');
    assert.equal(JSON.parse(answer.text).path, '/chosen?by=lambda');
    const entry = await environment.envoy.accessLog((each) => each.route === 'chosen');
    assert.equal(entry.status, 200);
  });

  test('a compressed backend body is decoded for expressions, and the new body has its own length', async () => {
    environment.backend.answerWith({
      headers: { 'content-encoding': 'gzip', 'set-cookie': 'theirs=1' },
      body: gzipSync('hello'),
    });
    const answer = await environment.call('/respond-reads');
    assert.deepEqual(payloadOf('echo'), ['hello']);
    assert.deepEqual([answer.status, answer.text], [203, '<"echo">']);
    assert.deepEqual([answer.headers.get('content-length'), answer.headers.get('content-encoding')], ['8', null]);
    assert.deepEqual(answer.headers.getSetCookie(), ['theirs=1', 'own=1']);
  });

  test('a body that cannot be decoded is refused, one that no expression reads passes', async () => {
    environment.backend.answerWith({ headers: { 'content-encoding': 'gzip' }, body: 'no gzip' });
    const answer = await environment.call('/respond-reads');
    assert.equal(answer.status, 500);
    assert.match(answer.text, /body that a Lambda policy needs is not available/);
  });
});

describe('errors', () => {
  test('a function error is the plain message: nothing of its text reaches the caller', async () => {
    const answer = await environment.call('/function-error', { headers: { accept: 'application/json' } });
    assert.deepEqual(JSON.parse(answer.text), {
      message: 'An error occurs while invoking lambda function.',
      http_status_code: 500,
    });
    assert.equal(environment.backend.calls, 0);
    const line = await environment.sidecar.log(({ msg, function: name }) => msg === 'invocation' && name === 'broken');
    const { functionErrorMessage, ...others } = line;
    assert.match(String(functionErrorMessage), /secret text/, 'the log says what the function said');
    assert.ok(!JSON.stringify(others).includes('secret text'), 'in one field');
  });

  test('without an Accept that fits, the message is text', async () => {
    const answer = await environment.call('/function-error', { headers: { accept: 'text/html' } });
    assert.deepEqual(
      [answer.text, answer.headers.get('content-type')],
      ['An error occurs while invoking lambda function.', 'text/plain'],
    );
  });

  test('a response template has status, headers and body of its own, with expressions', async () => {
    const answer = await environment.call('/templates?a=b', {
      headers: { accept: 'text/html, application/json;q=0.4' },
    });
    assert.equal(answer.status, 502);
    assert.deepEqual(JSON.parse(answer.text), {
      key: 'AWS_LAMBDA_INVALID_RESPONSE',
      error: 'Unhandled',
      path: '/templates',
    });
    assert.deepEqual(
      ['x-key', 'cache-control', 'content-type'].map((name) => answer.headers.get(name)),
      ['AWS_LAMBDA_INVALID_RESPONSE', 'no-store', 'application/json'],
    );
  });

  test('throttling is 429 with Retry-After where errorStatus says so', async () => {
    const answer = await environment.call('/throttled');
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '7']);
    assert.match(answer.text, /Details: \[Service: Lambda, Status Code: 429\]/);
  });

  test('a condition that fails skips with a warning, or fails where it guards', async () => {
    const skipped = await environment.call('/condition-error', { method: 'POST', body: 'x' });
    assert.equal(skipped.status, 200);
    assert.equal(lambda.requests.length, 0);
    await environment.sidecar.log((line) => line.msg === 'condition failed, policy skipped');
    const guarded = await environment.call('/condition-guard', { headers: { accept: 'text/plain' } });
    assert.deepEqual([guarded.status, guarded.text], [500, 'Request processing broken']);
    assert.equal(environment.backend.calls, 1);
  });

  test('the log tail is in the log with the request, and never in the answer', async () => {
    const answer = await environment.call('/tail');
    assert.equal(answer.text, '"done"');
    assert.ok(![...answer.headers].some(([, value]) => value.includes('hello')));
    const line = await environment.sidecar.log((each) => each.msg === 'invocation' && each.function === 'tail');
    assert.match(String(line.logTail), /hello from the function/);
  });
});

describe('which API', () => {
  for (const [path, key, status] of [
    ['/no-api', 'LAMBDA_EXT_PROC_UNMATCHED', 500],
    ['/both', 'LAMBDA_EXT_PROC_INVALID_POLICIES', 500],
    ['/inline-broken', 'LAMBDA_EXT_PROC_INVALID_POLICIES', 500],
    ['/unknown', 'LAMBDA_EXT_PROC_UNKNOWN_API', 555],
  ] as const) {
    test(`${path} is a logged ${status} with ${key}, and no backend is called`, async () => {
      const answer = await environment.call(path);
      assert.equal(answer.status, status);
      assert.equal(environment.backend.calls, 0);
      const entry = await environment.envoy.accessLog((each) => each.path === path);
      assert.equal(entry.details, `lambda_ext_proc{${key}}`);
      await environment.sidecar.log((line) => line.key === key && line.level === 'error');
    });
  }

  test('policies of the route itself are run', async () => {
    assert.equal((await environment.call('/inline')).text, '{"n":1}');
  });

  test('a request without a route is a 404, as of Envoy', async () => {
    const calls = environment.backend.calls;
    assert.equal((await environment.call('/nothing-here')).status, 404);
    assert.equal(environment.backend.calls, calls);
  });
});

describe('bodies', () => {
  test('a megabyte reaches the function and the backend whole', async () => {
    lambda.script('echo', json('ok'));
    const megabyte = 'x'.repeat(1024 * 1024);
    const answer = await environment.call('/reads', { method: 'POST', body: megabyte });
    assert.equal(answer.status, 200);
    assert.equal(payloadOf('echo')[0]?.length, 1024 * 1024);
    assert.equal(environment.backend.last?.body.length, 1024 * 1024);
  });

  test('an empty body is an empty text', async () => {
    const answer = await environment.call('/reads', { method: 'POST' });
    assert.equal(answer.status, 200);
    assert.equal(payloadOf('echo')[0], '');
  });
});
