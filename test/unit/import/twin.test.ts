// An imported definition beside its hand-written twin: the same requests through the real Envoy, the same results.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Backend, startBackend } from '../../support/backend.ts';
import { envoyConfig, startEnvoy } from '../../support/envoy.ts';
import type { Json } from '../../support/envoy-config.ts';
import { startSidecar } from '../../support/sidecar.ts';
import { type Call, importedUrl, startLambda } from './imported-envoy.ts';

const errorBody = '{"error":"{#error.key}"}';

function steps(endpoint: string) {
  const common = { region: 'us-east-1', accessKey: 'a', secretKey: 's', endpoint };
  return {
    log: { ...common, function: 'log', payload: '{#request.method} {#request.path}' },
    item: { ...common, function: 'item', payload: '{#request.content}', sendToConsumer: true },
    fail: { ...common, function: 'fail' },
    wrap: { ...common, function: 'wrap', payload: '{#response.content}', sendToConsumer: true },
  };
}

const guard = "{#request.headers['x-go'] != null}";

function v4(endpoint: string, target: string): object {
  const { log, item, fail, wrap } = steps(endpoint);
  const step = (configuration: object, rest: object = {}) => ({
    name: 'AWS Lambda',
    policy: 'aws-lambda',
    enabled: true,
    configuration,
    ...rest,
  });
  const http = (path: string, pathOperator: string, methods: string[] = []) => ({
    type: 'HTTP',
    path,
    pathOperator,
    methods,
  });
  return {
    api: {
      definitionVersion: 'V4',
      type: 'PROXY',
      name: 'twin',
      listeners: [{ type: 'HTTP', paths: [{ path: '/twin' }] }],
      endpointGroups: [{ name: 'default', endpoints: [{ configuration: { target } }] }],
      flowExecution: { mode: 'DEFAULT' },
      flows: [
        { name: 'log', selectors: [http('/', 'STARTS_WITH')], request: [step(log)] },
        {
          name: 'item',
          selectors: [http('/items/:id', 'EQUALS', ['POST']), { type: 'CONDITION', condition: guard }],
          request: [step(item)],
        },
        {
          name: 'fail',
          selectors: [http('/fail', 'STARTS_WITH')],
          request: [step(fail, { condition: "{#request.method == 'GET'}" })],
        },
        { name: 'wrap', selectors: [http('/wrap', 'STARTS_WITH', ['GET'])], response: [step(wrap)] },
      ],
      responseTemplates: {
        AWS_LAMBDA_INVALID_RESPONSE: { '*/*': { statusCode: 502, headers: { 'x-error': 'yes' }, body: errorBody } },
      },
    },
    plans: [{ name: 'free', status: 'PUBLISHED', security: { type: 'KEY_LESS' }, flows: [] }],
  };
}

function v2(endpoint: string, target: string): object {
  const { log, item, fail, wrap } = steps(endpoint);
  const step = (configuration: object, scope: string, rest: object = {}) => ({
    name: 'AWS Lambda',
    policy: 'aws-lambda',
    enabled: true,
    configuration: { ...configuration, scope },
    ...rest,
  });
  const at = (path: string, operator: string, methods: string[] = []) => ({
    name: path,
    'path-operator': { path, operator },
    methods,
    enabled: true,
  });
  return {
    name: 'twin',
    gravitee: '2.0.0',
    flow_mode: 'DEFAULT',
    // The older engine would leave the backend's content-type to the answer of a response step.
    execution_mode: 'v4-emulation-engine',
    plans: [{ name: 'open', security: 'KEY_LESS', status: 'PUBLISHED' }],
    proxy: { virtual_hosts: [{ path: '/twin' }], groups: [{ name: 'default', endpoints: [{ name: 'one', target }] }] },
    flows: [
      { ...at('/', 'STARTS_WITH'), pre: [step(log, 'REQUEST')], post: [] },
      { ...at('/items/:id', 'EQUALS', ['POST']), condition: guard, pre: [step(item, 'REQUEST_CONTENT')], post: [] },
      {
        ...at('/fail', 'STARTS_WITH'),
        pre: [step(fail, 'REQUEST', { condition: "{#request.method == 'GET'}" })],
        post: [],
      },
      { ...at('/wrap', 'STARTS_WITH', ['GET']), pre: [], post: [step(wrap, 'RESPONSE_CONTENT')] },
    ],
    response_templates: {
      AWS_LAMBDA_INVALID_RESPONSE: { '*/*': { status: 502, headers: { 'x-error': 'yes' }, body: errorBody } },
    },
  };
}

async function handWrittenUrl(t: TestContext, endpoint: string, backend: Backend): Promise<string> {
  const { log, item, fail, wrap } = steps(endpoint);
  const api = (request: object[], response: object[] = []) => ({
    request: [{ name: 'log', configuration: log }, ...request],
    response,
  });
  const policies = {
    version: 1,
    envoy: { allowModeOverride: true },
    responseTemplates: {
      AWS_LAMBDA_INVALID_RESPONSE: { '*/*': { status: 502, headers: { 'x-error': 'yes' }, body: errorBody } },
    },
    apis: {
      plain: api([]),
      item: api([{ name: 'item', condition: guard, configuration: item }]),
      fail: api([{ name: 'fail', configuration: fail }]),
      wrap: api([], [{ name: 'wrap', configuration: wrap }]),
    },
  };
  const sidecar = await startSidecar({ config: policies, test: t });
  const method = (name: string) => [{ name: ':method', string_match: { exact: name } }];
  const route = (name: string, api: string, match: Json) => ({
    name,
    metadata: { 'x-lambda-api': api },
    extra: { match },
    action: { regex_rewrite: { pattern: { regex: '^/twin' }, substitution: '/endpoint' } },
  });
  const config = envoyConfig({
    sidecar: sidecar.address,
    backend: backend.address,
    routes: [
      route('item', 'item', { safe_regex: { regex: '/twin/items/[^/]+/?' }, headers: method('POST') }),
      route('fail', 'fail', { prefix: '/twin/fail', headers: method('GET') }),
      route('wrap', 'wrap', { prefix: '/twin/wrap', headers: method('GET') }),
      route('rest', 'plain', { path_separated_prefix: '/twin' }),
    ],
  });
  return (await startEnvoy({ config, test: t })).url;
}

interface Sent {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const requests: readonly Sent[] = [
  { path: '/twin' },
  { path: '/twin/other?a=b' },
  { path: '/twins' },
  { path: '/twin/items/5', method: 'POST', headers: { 'x-go': '1' }, body: 'hello' },
  { path: '/twin/items/5/', method: 'POST', headers: { 'x-go': '1' } },
  { path: '/twin/items/5', method: 'POST', body: 'hello' },
  { path: '/twin/items/5/6', method: 'POST', headers: { 'x-go': '1' }, body: 'hello' },
  { path: '/twin/items/5', headers: { 'x-go': '1' } },
  { path: '/twin/fail' },
  { path: '/twin/failure' },
  { path: '/twin/fail', method: 'POST', body: 'x' },
  { path: '/twin/wrap/x' },
  { path: '/twin/wrap', method: 'POST', body: 'x' },
];

async function observe(url: string, calls: Call[], backend: Backend): Promise<readonly object[]> {
  const results: object[] = [];
  for (const { path, ...init } of requests) {
    calls.length = 0;
    backend.reset();
    backend.answerWith({ headers: { 'content-type': 'text/plain', 'x-from': 'backend' }, body: 'from the backend' });
    const response = await fetch(`${url}${path}`, init);
    const headers = ['content-type', 'x-from', 'x-error'].map((name) => response.headers.get(name));
    const seen = backend.requests.map((request) => `${request.method} ${request.path} ${request.body}`);
    results.push({
      path,
      status: response.status,
      headers,
      body: await response.text(),
      calls: [...calls],
      backend: seen,
    });
  }
  return results;
}

test('an imported definition answers the same as its hand written twin', async (t) => {
  const lambda = await startLambda(t);
  const backend = await startBackend();
  t.after(() => backend.stop());
  const target = `${backend.url}/endpoint`;
  const twin = await observe(await handWrittenUrl(t, lambda.endpoint, backend), lambda.calls, backend);
  // The requests do what they are here for.
  const functions = twin.map((result) => (result as { calls: Call[] }).calls.map((call) => call.function).join());
  assert.deepEqual(functions, [
    'log',
    'log',
    '',
    'log,item',
    'log,item',
    'log',
    'log',
    'log',
    'log,fail',
    'log,fail',
    'log',
    'log,wrap',
    'log',
  ]);
  for (const [name, definition] of [
    ['v4', v4(lambda.endpoint, target)],
    ['v2', v2(lambda.endpoint, target)],
  ] as const) {
    const imported = await observe(await importedUrl(t, definition), lambda.calls, backend);
    assert.deepEqual(imported, twin, name);
  }
});
