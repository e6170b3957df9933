// One request through the real stream machine and policies, with an Envoy in memory on the other end.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { step, trialOf } from '../../support/trial.ts';

const api = (phases: object, document: object = {}): object => ({ ...document, apis: { default: phases } });
const tier = step('tier', {
  payload: "{#jsonPath(#request.content, '$.id')}",
  variables: [{ name: 'tier', value: "{#jsonPath(#lambdaResponse.content, '$.tier')}" }],
  mutations: { headers: { set: { 'x-tier': "{#context.attributes['tier']}" }, remove: ['x-secret'] } },
});

describe('a request phase', () => {
  test('reads the body, calls the function, and forwards what it changed', async () => {
    const run = await trialOf(api({ request: [tier] }), {
      method: 'POST',
      path: '/a?b=c',
      headers: [
        ['x-tier', 'forged'],
        ['x-secret', 's'],
        ['x-kept', 'k'],
      ],
      body: '{"id":"7"}',
      functions: { tier: { json: { tier: 'gold' } } },
      response: { status: 201, headers: [['x-b', 'c']], body: 'made' },
    });
    assert.equal(run.steps[0]?.call?.invocation.payload?.toString(), '7');
    assert.deepEqual(run.forwarded?.headers, [
      ['x-kept', 'k'],
      ['content-length', '10'],
      ['x-tier', 'gold'],
    ]);
    assert.equal(run.forwarded.path, '/a?b=c');
    assert.equal(run.forwarded.body.toString(), '{"id":"7"}');
    assert.deepEqual([...run.attributes], [['tier', 'gold']]);
    assert.equal(run.response.status, 201);
    assert.equal(run.response.body.toString(), 'made');
    assert.equal(run.error, undefined);
    assert.deepEqual(
      run.replies.map((reply) => Object.keys(reply)),
      [
        ['request_headers', 'mode_override'],
        ['request_body', 'dynamic_metadata'],
      ],
    );
  });

  test('answers instead of the backend, which is never called', async () => {
    const run = await trialOf(api({ request: [step('quote', { sendToConsumer: true })] }), {
      functions: { quote: { json: { price: 3 } } },
    });
    assert.equal(run.forwarded, undefined);
    assert.equal(run.response.status, 200);
    assert.equal(run.response.body.toString(), '{"price":3}');
    assert.deepEqual(run.response.headers, [
      ['content-type', 'application/json'],
      ['content-length', '11'],
    ]);
    assert.equal(run.steps[0]?.sendToConsumer, true);
  });

  test('skips by its condition, and removes what it would have set', async () => {
    const conditional = step(
      'tier',
      { mutations: { headers: { set: { 'x-tier': 'gold' } } } },
      { condition: "{#request.method == 'POST'}" },
    );
    const run = await trialOf(api({ request: [conditional] }), { headers: [['x-tier', 'forged']] });
    const [first] = run.steps;
    assert.deepEqual(first?.condition, { value: false, error: undefined });
    assert.equal(first.call, undefined);
    assert.deepEqual(first.cleared, ['x-tier']);
    assert.deepEqual(run.forwarded?.headers, []);
  });

  test('sees a body in the clear', async () => {
    const run = await trialOf(api({ request: [step('echo', { payload: '{#request.content}' })] }), {
      method: 'POST',
      headers: [['content-encoding', 'gzip']],
      body: gzipSync('plain'),
      functions: { echo: { json: 1 } },
    });
    assert.equal(run.steps[0]?.call?.invocation.payload?.toString(), 'plain');
  });
});

describe('a response phase', () => {
  const mask = step('mask', {
    payload: '{#response.content}',
    mutations: { body: '<{#lambdaResponse.content}>', status: 203, headers: { append: { 'set-cookie': 'own=1' } } },
  });

  test('changes what the backend answered', async () => {
    const run = await trialOf(api({ response: [mask] }), {
      functions: { mask: { json: 'm' } },
      response: { headers: [['set-cookie', 'a=1']], body: 'card' },
    });
    assert.equal(run.steps[0]?.phase, 'response');
    assert.equal(run.steps[0]?.call?.invocation.payload?.toString(), 'card');
    assert.equal(run.response.status, 203);
    assert.equal(run.response.body.toString(), '<"m">');
    assert.deepEqual(
      run.response.headers.filter(([name]) => name === 'set-cookie'),
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'own=1'],
      ],
    );
  });

  for (const mode of ['BUFFERED', 'FULL_DUPLEX_STREAMED'] as const) {
    test(`in the mode ${mode} of the filter itself`, async () => {
      const document = api({ request: [tier], response: [mask] }, { envoy: { responseHeaders: true } });
      const run = await trialOf(document, {
        method: 'POST',
        body: '{"id":"7"}',
        envoy: { requestBody: mode, responseBody: mode },
        functions: { tier: { json: { tier: 'gold' } }, mask: { json: 'm' } },
        response: { body: 'card' },
      });
      assert.equal(run.error, undefined);
      assert.equal(run.forwarded?.headers.find(([name]) => name === 'x-tier')?.[1], 'gold');
      assert.equal(run.forwarded.body.toString(), '{"id":"7"}');
      assert.equal(run.response.body.toString(), '<"m">');
    });
  }

  test('is refused where nothing says that Envoy takes overrides, as in production', async () => {
    const run = await trialOf(api({ response: [mask] }, { envoy: null }));
    assert.equal(run.error?.failure.key, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
    assert.equal(run.forwarded, undefined);
    assert.match(JSON.stringify(run.log), /response_header_mode: SEND/);
  });
});

describe('a function that fails', () => {
  const failing = (configuration: object = {}, outer: object = {}, document: object = {}) =>
    api({ request: [step('f', configuration, outer)] }, document);

  test('by itself', async () => {
    const run = await trialOf(failing(), {
      functions: { f: { kind: 'result', payload: Buffer.from('{}'), functionError: 'Unhandled', delayMs: 0 } },
    });
    assert.equal(run.response.status, 500);
    assert.equal(run.error?.failure.key, 'AWS_LAMBDA_INVALID_RESPONSE');
    assert.equal(run.error.template, undefined);
    assert.equal(run.steps[0]?.failure?.goesOn, false);
    assert.equal(run.steps[0]?.call?.result?.functionError, 'Unhandled');
  });

  test('by an error of AWS, after the attempts that production makes', async () => {
    const run = await trialOf(failing({ errorStatus: { throttled: 429 }, retry: { maxAttempts: 3 } }), {
      functions: { f: { kind: 'refusal', name: 'TooManyRequestsException', status: 429, delayMs: 0 } },
    });
    assert.equal(run.response.status, 429);
    assert.equal(run.steps[0]?.call?.error?.attempts, 3);
    assert.equal(run.steps[0]?.call?.error?.errorType, 'TooManyRequestsException');
    // Half of 1 s, then half of 2 s.
    assert.equal(run.waitedMs, 1_500);
  });

  test('by taking longer than readTimeoutMs, at once', async () => {
    const run = await trialOf(failing({ readTimeoutMs: 2_000, errorStatus: 'honest' }), {
      functions: { f: { kind: 'result', payload: Buffer.from('{}'), delayMs: 60_000 } },
    });
    assert.equal(run.response.status, 504);
    assert.equal(run.steps[0]?.call?.error?.failure, 'read-timeout');
    assert.equal(run.waitedMs, 2_000);
  });

  test("by taking longer than Envoy's message timeout, a tenth before it", async () => {
    const envoy = { allowModeOverride: true, messageTimeoutMs: 1_000 };
    const run = await trialOf(failing({ errorStatus: { timeout: 504 } }, {}, { envoy }), {
      functions: { f: { kind: 'result', payload: Buffer.from('{}'), delayMs: 1_500 } },
    });
    assert.equal(run.response.status, 504);
    assert.match(run.error?.failure.message ?? '', /Timeout/);
    assert.equal(run.waitedMs, 900);
  });

  test('and more time is asked for where Envoy grants it', async () => {
    const envoy = { allowModeOverride: true, messageTimeoutMs: 1_000, maxMessageTimeoutMs: 5_000 };
    const run = await trialOf(failing({}, {}, { envoy }), {
      functions: { f: { kind: 'result', payload: Buffer.from('{}'), delayMs: 1_500 } },
    });
    assert.equal(run.error, undefined);
    assert.deepEqual(run.replies[0]?.override_message_timeout, { seconds: 5, nanos: 0 });
  });

  test('without ending the request, with onError: continue', async () => {
    const mutations = { headers: { set: { 'x-f': 'yes' } } };
    const run = await trialOf(failing({ mutations }, { onError: 'continue' }), {
      functions: { f: { kind: 'failure', failure: 'connection-failed', delayMs: 0 } },
      headers: [['x-f', 'forged']],
    });
    assert.equal(run.error, undefined);
    assert.equal(run.steps[0]?.failure?.goesOn, true);
    assert.deepEqual(run.steps[0]?.cleared, ['x-f']);
    assert.deepEqual(run.forwarded?.headers, []);
  });

  test('with a response template, which is reported', async () => {
    const responseTemplates = { AWS_LAMBDA_INVALID_RESPONSE: { '*/*': { status: 502, body: '{#error.key}' } } };
    const run = await trialOf(failing({}, {}, { responseTemplates }), {
      functions: { f: { kind: 'refusal', name: 'AccessDeniedException', status: 403, delayMs: 0 } },
    });
    assert.equal(run.response.status, 502);
    assert.equal(run.response.body.toString(), 'AWS_LAMBDA_INVALID_RESPONSE');
    assert.equal(run.error?.template?.status, 502);
  });
});

test('an invocation that AWS would not take is refused as in production', async () => {
  const document = api({ request: [step('f', { function: "{#request.headers['x-f'][0]}" })] });
  const run = await trialOf(document, { headers: [['x-f', '..']] });
  assert.equal(run.error?.failure.key, 'AWS_LAMBDA_INVALID_RESPONSE');
  assert.equal(run.steps[0]?.call?.error?.failure, 'invalid-field');
});

test('attributes of Envoy are those of the request', async () => {
  const document = api({ request: [step('f', { payload: '{#request.remoteAddress}|{#request.version}' })] });
  const functions = { f: { json: 1 } };
  const run = await trialOf(document, { functions, attributes: { 'source.address': '192.0.2.7:4711' } });
  assert.equal(run.steps[0]?.call?.invocation.payload?.toString(), '192.0.2.7|HTTP_1_1');
});

test('an answer to HEAD has no body', async () => {
  const run = await trialOf(api({ request: [step('f', { sendToConsumer: true })] }), {
    method: 'HEAD',
    functions: { f: { json: 'abc' } },
  });
  assert.equal(run.response.body.length, 0);
  assert.ok(run.response.headers.some(([name, value]) => name === 'content-length' && value === '5'));
});

test('the time of a request is the same in every run', async () => {
  const document = api({ request: [step('f', { payload: '{#request.timestamp}' })] });
  const run = await trialOf(document, { functions: { f: { json: 1 } } });
  assert.equal(run.steps[0]?.call?.invocation.payload?.toString(), '946684800000');
});
