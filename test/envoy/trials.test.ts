// What a trial says is what the real Envoy does: the same requests through both, in each way to read a body.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { GivenAnswer } from '../../src/lambda/index.ts';
import type { EnvoySetup } from '../../src/trial/index.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { inMemory, type TrialCase, throughEnvoy } from '../support/trial-scene.ts';

const step = (name: string, configuration: object = {}, outer: object = {}): object => ({
  name,
  ...outer,
  configuration: { function: name, ...configuration },
});
const set = (headers: object): object => ({ mutations: { headers: { set: headers } } });
const variable = (name: string): object => ({ name, value: `{#jsonPath(#lambdaResponse.content, '$.${name}')}` });

const apis: Readonly<Record<string, object>> = {
  enrich: {
    request: [
      step('tier', {
        payload: "{#jsonPath(#request.content, '$.id')}",
        variables: [variable('tier')],
        mutations: {
          headers: {
            set: { 'x-tier': "{#context.attributes['tier']}", 'x-empty': '', 'X-Mixed': 'ä€' },
            append: { 'x-list': 'added' },
            remove: ['x-secret', 'x-not-there'],
          },
        },
      }),
    ],
  },
  unread: { request: [step('tier', { mutations: { headers: { set: { 'x-tier': '{#lambdaResponse.content}' } } } })] },
  answers: {
    request: [
      step('first', { sendToConsumer: true, answer: { headers: { append: { 'set-cookie': 'a=1' } } } }),
      step('second', {
        payload: '{#lambdaResponse.content}',
        sendToConsumer: true,
        answer: { headers: { append: { 'set-cookie': 'b=2' } } },
      }),
    ],
    response: [step('third', set({ 'x-status': '{#response.status}' }))],
  },
  decides: {
    request: [
      step('decides', {
        sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.deny')}",
        answer: { status: "{#jsonPath(#lambdaResponse.content, '$.status')}" },
        mutations: { headers: { set: { 'x-user': 'u' } } },
      }),
    ],
  },
  'new-body': {
    request: [
      step('tier', {
        mutations: { body: '<{#lambdaResponse.content}>', headers: { set: { 'content-type': 'text/x' } } },
      }),
    ],
  },
  'read-and-replaced': {
    request: [
      step('tier', {
        payload: '{#request.content}',
        mutations: { body: '[{#lambdaResponse.content}]', path: '{#request.uri}&moved=1' },
      }),
    ],
  },
  emptied: { request: [step('tier', { payload: '{#request.content}', mutations: { body: '' } })] },
  mask: {
    response: [
      step('mask', {
        payload: '{#response.content}',
        mutations: {
          body: '{#lambdaResponse.content}',
          status: 203,
          headers: { append: { 'set-cookie': 'own=1' }, remove: ['x-backend'] },
        },
      }),
    ],
  },
  'response-unread': { response: [step('mask', set({ 'x-mask': '{#response.status}' }))] },
  'response-answers': { response: [step('mask', { sendToConsumer: true, retry: { maxAttempts: 1 } })] },
  proxy: { request: [step('app', { requestFormat: 'api-gateway-v2', sendToConsumer: true })] },
  'answer-body': {
    request: [
      step('tier', { sendToConsumer: true, answer: { status: 401, body: { error: 'no', of: '{#request.method}' } } }),
    ],
  },
  both: {
    request: [step('tier', { payload: '{#request.content}', ...set({ 'x-tier': 't' }) })],
    response: [
      step('mask', {
        payload: '{#request.content}{#response.content}',
        mutations: { body: '({#lambdaResponse.content})' },
      }),
    ],
  },
  conditional: { request: [step('tier', set({ 'x-tier': 't' }), { condition: "{#request.headers['x-go'] != null}" })] },
  continues: {
    request: [step('tier', set({ 'x-tier': 't' }), { onError: 'continue' }), step('second', set({ 'x-second': 's' }))],
  },
  templates: {
    responseTemplates: {
      AWS_LAMBDA_INVALID_RESPONSE: {
        'application/json': { status: 502, headers: { 'x-key': '{#error.key}' }, body: '{"key":"{#error.key}"}' },
        '*/*': { status: 503 },
      },
    },
    request: [step('tier')],
  },
  honest: { request: [step('tier', { errorStatus: 'honest', retry: { maxAttempts: 1 } })] },
  slow: { request: [step('tier', { readTimeoutMs: 150, errorStatus: 'honest' })] },
  event: { request: [step('tier', { invocationType: 'Event', payload: '{}', sendToConsumer: true })] },
  'dry-run': { request: [step('tier', { invocationType: 'DryRun', sendToConsumer: true })] },
  named: { request: [step('named', { function: "{#request.headers['x-f'][0]}" })] },
  statuses: { request: [step('tier', { sendToConsumer: true, answer: { status: "{#request.params['s'][0]}" } })] },
  many: {
    request: ['first', 'second'].map((name) =>
      step(name, set(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${name}-${i}`, 'v'])))),
    ),
  },
  large: { request: [step('tier', set({ 'x-large': '{#lambdaResponse.content}' }))] },
  'large-answer': {
    request: [
      step('tier', { sendToConsumer: true, answer: { headers: { set: { 'x-large': '{#lambdaResponse.content}' } } } }),
    ],
  },
  reserved: { request: [step('tier', set({ 'x-envoy-attempt-count': '7' }))] },
};

/** How the filter reads bodies. An API that needs the response has to be told of its headers where no override is taken. */
const modes: Readonly<Record<string, Partial<EnvoySetup>>> = {
  asked: {},
  buffered: { requestBody: 'BUFFERED', responseHeaders: 'SEND', responseBody: 'BUFFERED' },
  duplex: { requestBody: 'FULL_DUPLEX_STREAMED', responseHeaders: 'SEND', responseBody: 'FULL_DUPLEX_STREAMED' },
};

const json = (value: unknown): GivenAnswer => ({
  kind: 'result',
  payload: Buffer.from(JSON.stringify(value)),
  delayMs: 0,
});
const refusal = (name: string | undefined, status: number): GivenAnswer => ({
  kind: 'refusal',
  name,
  status,
  delayMs: 0,
});
const failed: GivenAnswer = {
  kind: 'result',
  payload: Buffer.from('{"errorMessage":"x"}'),
  functionError: 'Unhandled',
  delayMs: 0,
};
const tier = { tier: json({ tier: 'gold' }) };
const post = { method: 'POST', headers: [['content-type', 'application/json']], body: '{"id":"7"}' } as const;
const card = {
  headers: { 'x-backend': 'b', 'set-cookie': ['s=1', 't=2'], 'content-type': 'text/plain' },
  body: 'card 4111',
};
const masked = { mask: json('masked') };

const cases: readonly TrialCase[] = [
  { api: 'enrich', ...post, functions: tier },
  {
    api: 'enrich',
    ...post,
    functions: tier,
    headers: [
      ['x-tier', 'forged'],
      ['x-list', 'one'],
      ['x-list', 'two'],
      ['x-secret', 's'],
    ],
  },
  { api: 'enrich', ...post, functions: { tier: json({}) } },
  { api: 'enrich', ...post, body: 'not JSON', functions: tier },
  { api: 'enrich', functions: tier },
  { api: 'enrich', ...post, body: gzipSync('{"id":"z"}'), headers: [['content-encoding', 'gzip']], functions: tier },
  {
    api: 'enrich',
    ...post,
    headers: [
      ['content-encoding', 'nonsense'],
      ['accept', 'application/json'],
    ],
    functions: tier,
  },
  { api: 'enrich', ...post, headers: [['content-encoding', 'br']], functions: tier },
  { api: 'unread', ...post, functions: { tier: json('a "b"') }, backend: card },
  { api: 'unread', functions: { tier: { kind: 'result', payload: Buffer.from('line\nbreak'), delayMs: 0 } } },
  { api: 'answers', functions: { first: json(1), second: json({ two: 'ü' }), third: json(3) } },
  { api: 'answers', ...post, functions: { first: json(1), second: failed, third: json(3) } },
  { api: 'answers', method: 'HEAD', functions: { first: json(1), second: json(2), third: json(3) } },
  { api: 'decides', functions: { decides: json({ deny: true, status: 403 }) } },
  { api: 'decides', ...post, functions: { decides: json({ deny: false }) } },
  { api: 'decides', functions: { decides: json({ deny: 'perhaps' }) } },
  { api: 'decides', functions: { decides: json({ deny: true, status: 99 }) } },
  { api: 'new-body', ...post, functions: tier },
  { api: 'new-body', functions: tier },
  { api: 'read-and-replaced', ...post, functions: tier },
  { api: 'emptied', ...post, functions: tier },
  { api: 'mask', functions: masked, backend: card },
  { api: 'mask', functions: masked, backend: { status: 404, headers: { 'x-backend': 'b' } } },
  { api: 'mask', method: 'HEAD', functions: masked, backend: card },
  { api: 'mask', functions: masked, backend: { status: 204 } },
  { api: 'mask', functions: { mask: failed }, backend: card },
  { api: 'response-unread', functions: masked, backend: card },
  { api: 'response-answers', functions: masked, backend: card },
  { api: 'response-answers', functions: { mask: refusal('TooManyRequestsException', 429) }, backend: card },
  { api: 'both', ...post, functions: { ...tier, ...masked }, backend: card },
  { api: 'both', functions: { ...tier, ...masked }, backend: { body: '' } },
  { api: 'conditional', functions: tier, headers: [['x-tier', 'forged']] },
  { api: 'conditional', functions: tier, headers: [['x-go', '1']] },
  { api: 'continues', functions: { tier: failed, second: json(2) }, headers: [['x-tier', 'forged']] },
  { api: 'templates', functions: { tier: failed }, headers: [['accept', 'application/json']] },
  { api: 'templates', functions: { tier: failed }, headers: [['accept', 'text/html']] },
  { api: 'templates', functions: { tier: { kind: 'failure', failure: 'connection-failed', delayMs: 0 } } },
  { api: 'honest', functions: { tier: refusal('TooManyRequestsException', 429) } },
  {
    api: 'honest',
    functions: {
      tier: { kind: 'refusal', name: 'TooManyRequestsException', status: 429, retryAfterSeconds: 7, delayMs: 0 },
    },
  },
  { api: 'honest', functions: { tier: refusal('AccessDeniedException', 403) } },
  { api: 'honest', functions: { tier: refusal('ResourceNotFoundException', 404) } },
  { api: 'honest', functions: { tier: refusal('RequestTooLargeException', 413) } },
  { api: 'honest', functions: { tier: refusal('ServiceException', 500) } },
  { api: 'honest', functions: { tier: refusal(undefined, 302) } },
  { api: 'honest', functions: { tier: refusal(undefined, 504) } },
  { api: 'slow', functions: { tier: { kind: 'result', payload: Buffer.from('1'), delayMs: 60_000 } } },
  { api: 'named', headers: [['x-f', 'tier']], functions: tier },
  { api: 'named', headers: [['x-f', '..']] },
  { api: 'named' },
  ...['200', '204', '304', '599', '600', 'x'].map(
    (s): TrialCase => ({ api: 'statuses', path: `/?s=${s}`, functions: tier }),
  ),
  { api: 'reserved', functions: tier },
  { api: 'many', functions: { first: json(1), second: json(2) } },
  { api: 'large', functions: { tier: json('x'.repeat(50_000)) } },
  { api: 'large', functions: { tier: json('x'.repeat(61_440)) } },
  { api: 'large-answer', functions: { tier: json('x'.repeat(61_440)) } },
  { api: 'enrich', ...post, trailers: { 'x-t': 'request' }, functions: tier },
  { api: 'unread', ...post, trailers: { 'x-t': 'request' }, functions: tier },
  {
    api: 'both',
    ...post,
    trailers: { 'x-t': 'request' },
    functions: { ...tier, ...masked },
    backend: { ...card, trailers: { 'x-t': 'response' } },
  },
  { api: 'mask', functions: masked, backend: { ...card, trailers: { 'x-t': 'response' } } },
  { api: 'response-unread', functions: masked, backend: { ...card, trailers: { 'x-t': 'response' } } },
  { api: 'answer-body', functions: tier },
  {
    api: 'proxy',
    ...post,
    functions: {
      app: json({
        statusCode: 418,
        headers: { 'X-App': 'a' },
        cookies: ['c=1', 'd=2'],
        body: 'dGVh',
        isBase64Encoded: true,
      }),
    },
  },
  { api: 'proxy', functions: { app: json({ statusCode: 'none' }) } },
];

describe('a trial says what the real Envoy does', () => {
  let lambda: FaultStub;
  let environment: Environment;
  let document: object;

  before(async () => {
    lambda = await FaultStub.start();
    const all = Object.entries(apis).flatMap(([name, api]) =>
      Object.keys(modes).map((mode) => {
        const told = mode === 'asked' ? {} : { envoy: { responseHeaders: true } };
        return [`${name}-${mode}`, { ...api, ...told }] as const;
      }),
    );
    const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret', region: 'us-east-1' };
    document = {
      version: 1,
      envoy: { allowModeOverride: true },
      defaults: { ...keys, endpoint: lambda.endpoint },
      apis: Object.fromEntries(all),
    };
    const routes = all.map(([name]) => {
      const {
        requestBody = 'NONE',
        responseHeaders = 'SKIP',
        responseBody = 'NONE',
      } = modes[name.split('-').at(-1) ?? ''] ?? {};
      const trailers = requestBody === 'FULL_DUPLEX_STREAMED' ? 'SEND' : 'SKIP';
      return {
        prefix: `/${name}/`,
        name,
        metadata: { 'x-lambda-api': name },
        processingMode: {
          request_header_mode: 'SEND',
          response_header_mode: responseHeaders,
          request_body_mode: requestBody as 'NONE',
          response_body_mode: responseBody as 'NONE',
          request_trailer_mode: trailers,
          response_trailer_mode: trailers,
        } as const,
      };
    });
    const filter = { mutation_rules: { disallow_is_error: true } };
    const requestAttributes = [
      'xds.route_name',
      'xds.virtual_host_name',
      'request.protocol',
      'source.address',
      'destination.address',
    ];
    environment = await startEnvironment({
      policies: document,
      envoy: {
        routes,
        filter,
        requestAttributes,
        connectionManager: { http_protocol_options: { enable_trailers: true } },
        backendHttp1: { enable_trailers: true },
      },
    });
  });
  after(async () => {
    await environment?.stop();
    await lambda?.stop();
  });

  for (const [mode, setup] of Object.entries(modes)) {
    for (const [index, one] of cases.entries()) {
      const { api, method = 'GET', path = '/' } = one;
      test(`${mode} ${index}: ${api} ${method} ${path}`, async () => {
        const separator = path.includes('?') ? '&' : '?';
        const numbered = { ...one, api: `${api}-${mode}`, path: `${path}${separator}case=${index}.` };
        const real = await throughEnvoy(environment, lambda, numbered, `/${api}-${mode}`);
        const trial = await inMemory(document, numbered, setup);
        assert.deepEqual(trial, real);
      });
    }
  }
});
