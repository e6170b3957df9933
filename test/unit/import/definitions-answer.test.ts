// Definitions of many shapes, imported and served by the real Envoy: which functions a request calls, in which order, and
// what its caller gets, as the gateway's documentation tells it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Backend, startBackend } from '../../support/backend.ts';
import { importedUrl, startLambda } from './imported-envoy.ts';

interface Sent {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `functions status`, and what else the body or the backend has to say. */
type Row = readonly [sent: Sent, expected: string];

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Sent => ({ path, headers });
const send = (method: string, path: string): Sent => ({ path, method });

/** A step of either version. */
function step(endpoint: string, name: string, configuration: object = {}, rest: object = {}): object {
  const common = { region: 'us-east-1', accessKey: 'a', secretKey: 's', endpoint, function: name };
  return { name, policy: 'aws-lambda', enabled: true, configuration: { ...common, ...configuration }, ...rest };
}

const http = (path: string, pathOperator: string, methods: readonly string[] = []): object => {
  return { type: 'HTTP', path, pathOperator, methods };
};
const condition = (text: string): object => ({ type: 'CONDITION', condition: text });
const other = { name: 'Limit', policy: 'rate-limit', enabled: true, configuration: { rate: { limit: 10 } } };
const shared = {
  name: 'Ours',
  policy: 'shared-policy-group-policy',
  enabled: true,
  configuration: { sharedPolicyGroupId: 'g' },
};

const free = { name: 'free', status: 'PUBLISHED', security: { type: 'KEY_LESS' }, flows: [] };

function v4(target: string, fields: object, plans: readonly object[] = [free]): object {
  return {
    export: { apimVersion: '4.9.0' },
    api: {
      definitionVersion: 'V4',
      type: 'PROXY',
      name: 'shape',
      apiVersion: '1',
      listeners: [{ type: 'HTTP', paths: [{ path: '/s/' }], entrypoints: [{ type: 'http-proxy' }] }],
      endpointGroups: [
        {
          name: 'default',
          type: 'http-proxy',
          loadBalancer: { type: 'WEIGHTED_ROUND_ROBIN' },
          endpoints: [
            { name: 'a', type: 'http-proxy', weight: 3, configuration: { target } },
            { name: 'b', type: 'http-proxy', weight: 1, configuration: { target } },
          ],
        },
      ],
      ...fields,
    },
    plans,
  };
}

function v2(target: string, fields: object): object {
  return {
    name: 'shape',
    version: '1',
    gravitee: '2.0.0',
    plans: [{ name: 'open', security: 'KEY_LESS', status: 'PUBLISHED' }],
    proxy: {
      virtual_hosts: [{ path: '/s' }],
      groups: [
        {
          name: 'default',
          endpoints: [
            { name: 'one', target, weight: 2 },
            { name: 'two', target, backup: true },
          ],
        },
      ],
    },
    ...fields,
  };
}

const flow2 = (path: string, operator: string, fields: object): object => ({
  name: path,
  'path-operator': { path, operator },
  methods: [],
  enabled: true,
  pre: [],
  post: [],
  ...fields,
});

/** The rate limit and the shared policy group of some shapes are no matter of these tests. */
const accepted = { accept: ['rate-limit', 'g'] };

interface Shape {
  readonly definition: (endpoint: string, target: string) => object;
  readonly rows: readonly Row[];
}

const shapes: Readonly<Record<string, Shape>> = {
  'v4: several flows that fit run in order, other policies and disabled parts between': {
    definition: (endpoint, target) =>
      v4(target, {
        flows: [
          {
            name: 'one',
            enabled: true,
            selectors: [http('/', 'STARTS_WITH')],
            request: [other, step(endpoint, 'one')],
          },
          { name: 'off', enabled: false, selectors: [http('/', 'STARTS_WITH')], request: [step(endpoint, 'off')] },
          {
            name: 'two',
            selectors: [http('/orders', 'STARTS_WITH', ['GET', 'PUT'])],
            request: [shared, step(endpoint, 'two'), step(endpoint, 'disabled', {}, { enabled: false })],
            response: [step(endpoint, 'three')],
          },
        ],
      }),
    rows: [
      [get('/s/orders'), 'one two three 200'],
      [get('/s/orders/5'), 'one two three 200'],
      [get('/s/ordersx'), 'one two three 200'],
      [send('PUT', '/s/orders'), 'one two three 200'],
      [send('POST', '/s/orders'), 'one 200'],
      [get('/s'), 'one 200'],
      [get('/sx'), ' 404'],
    ],
  },
  'v4: path parameters, EQUALS beside STARTS_WITH, conditions of flows and of steps': {
    definition: (endpoint, target) =>
      v4(target, {
        flows: [
          {
            name: 'exact',
            selectors: [http('/items/:id/parts/:part', 'EQUALS'), condition("{#request.headers['x-go'][0] == 'yes'}")],
            request: [step(endpoint, 'part', {}, { condition: "{#request.params['all'] == null}" })],
          },
          { name: 'open', selectors: [http('/items/:id', 'STARTS_WITH')], request: [step(endpoint, 'item')] },
        ],
      }),
    rows: [
      [get('/s/items/1/parts/2', { 'x-go': 'yes' }), 'part item 200'],
      [get('/s/items/1/parts/2/', { 'x-go': 'yes' }), 'part item 200'],
      [get('/s/items/1/parts/2?all=1', { 'x-go': 'yes' }), 'item 200'],
      [get('/s/items/1/parts/2', { 'x-go': 'no' }), 'item 200'],
      [get('/s/items/1/parts/2'), 'item 200'],
      [get('/s/items/1/parts/2/3', { 'x-go': 'yes' }), 'item 200'],
      [get('/s/items'), ' 200'],
    ],
  },
  'v4: BEST_MATCH takes one flow, and the plan runs before the API': {
    definition: (endpoint, target) =>
      v4(
        target,
        {
          flowExecution: { mode: 'BEST_MATCH' },
          flows: [
            { name: 'root', selectors: [http('/', 'STARTS_WITH')], request: [step(endpoint, 'root')] },
            { name: 'a', selectors: [http('/a', 'STARTS_WITH')], request: [step(endpoint, 'a')] },
            { name: 'id', selectors: [http('/a/:id', 'STARTS_WITH')], request: [step(endpoint, 'id')] },
            { name: 'own', selectors: [http('/a/own', 'EQUALS', ['GET'])], request: [step(endpoint, 'own')] },
          ],
        },
        [
          {
            name: 'free',
            status: 'PUBLISHED',
            security: { type: 'KEY_LESS' },
            flows: [{ name: 'plan', selectors: [http('/', 'STARTS_WITH')], request: [step(endpoint, 'plan')] }],
          },
          {
            name: 'old',
            status: 'CLOSED',
            security: { type: 'KEY_LESS' },
            flows: [{ name: 'old', selectors: [http('/', 'STARTS_WITH')], request: [step(endpoint, 'old')] }],
          },
        ],
      ),
    rows: [
      [get('/s/x'), 'plan root 200'],
      [get('/s/a'), 'plan a 200'],
      [get('/s/a/5'), 'plan id 200'],
      [get('/s/a/own'), 'plan own 200'],
      [send('POST', '/s/a/own'), 'plan id 200'],
    ],
  },
  'v4: response templates of several types, properties, the last answer': {
    definition: (endpoint, target) =>
      v4(target, {
        properties: [
          { key: 'tier', value: 'gold', encrypted: false },
          { key: 'token', value: 'xxxx', encrypted: true },
        ],
        flows: [
          { name: 'fail', selectors: [http('/fail', 'EQUALS')], request: [step(endpoint, 'fail')] },
          {
            name: 'own',
            selectors: [http('/own', 'EQUALS')],
            request: [
              step(endpoint, 'first', { sendToConsumer: true }),
              step(endpoint, 'last', { sendToConsumer: true, payload: "{#properties['tier']}" }),
            ],
          },
        ],
        responseTemplates: {
          AWS_LAMBDA_INVALID_RESPONSE: {
            'application/json': { statusCode: 502, body: '{"key":"{#error.key}"}', headers: { 'x-t': 'json' } },
            'text/xml': { statusCode: 503, body: '<e>{#error.key}</e>' },
          },
          DEFAULT: { '*/*': { statusCode: 599, body: 'default' } },
        },
      }),
    rows: [
      [get('/s/fail', { accept: 'application/json' }), 'fail 502 {"key":"AWS_LAMBDA_INVALID_RESPONSE"}'],
      [
        get('/s/fail', { accept: 'text/xml;q=0.9, application/json;q=0.1' }),
        'fail 503 <e>AWS_LAMBDA_INVALID_RESPONSE</e>',
      ],
      [get('/s/fail', { accept: 'text/plain' }), 'fail 500'],
      [get('/s/own'), 'first last 200 {"from":"last","payload":"gold"}'],
    ],
  },
  'v2: scopes, method lists, conditions, snake case': {
    definition: (endpoint, target) =>
      v2(target, {
        flow_mode: 'DEFAULT',
        flows: [
          flow2('/', 'STARTS_WITH', { pre: [other, step(endpoint, 'all', { scope: 'REQUEST' })] }),
          flow2('/w', 'STARTS_WITH', {
            methods: ['POST', 'PATCH'],
            pre: [
              step(endpoint, 'misplaced', { scope: 'RESPONSE', sendToConsumer: true }),
              step(endpoint, 'content', { scope: 'REQUEST_CONTENT', payload: '{#request.method}' }),
            ],
            post: [step(endpoint, 'back', { scope: 'RESPONSE_CONTENT', sendToConsumer: true })],
          }),
          flow2('/c/:id', 'EQUALS', {
            condition: "#request.params['v'][0] == '2'",
            pre: [step(endpoint, 'bare', { scope: 'REQUEST' })],
          }),
          flow2('/c/:id', 'EQUALS', {
            condition: "{#request.params['v'][0] == '2'}",
            pre: [step(endpoint, 'braced', { scope: 'REQUEST' })],
          }),
          flow2('/off', 'STARTS_WITH', { enabled: false, pre: [step(endpoint, 'off', { scope: 'REQUEST' })] }),
        ],
      }),
    rows: [
      [get('/s/w'), 'all 200'],
      [send('POST', '/s/w'), 'all content back 200 {"from":"back","payload":""}'],
      [send('PATCH', '/s/w/1'), 'all content back 200 {"from":"back","payload":""}'],
      [get('/s/c/1?v=2'), 'all braced 200'],
      [get('/s/c/1?v=1'), 'all 200'],
      [get('/s/c/1/2?v=2'), 'all 200'],
      [get('/s/off'), 'all 200'],
    ],
  },
  'v2: plans with flows, BEST_MATCH in camel case, templates with status': {
    definition: (endpoint, target) =>
      v2(target, {
        flowMode: 'BEST_MATCH',
        plans: [
          {
            name: 'open',
            security: 'KEY_LESS',
            status: 'PUBLISHED',
            flows: [flow2('/b', 'STARTS_WITH', { pre: [step(endpoint, 'plan', { scope: 'REQUEST' })] })],
          },
        ],
        flows: [
          flow2('/', 'STARTS_WITH', { post: [step(endpoint, 'root', { scope: 'RESPONSE' })] }),
          flow2('/b/fail', 'EQUALS', { pre: [step(endpoint, 'fail', { scope: 'REQUEST' })] }),
        ],
        response_templates: {
          DEFAULT: { '*/*': { status: 418, headers: { 'x-t': 'd' }, body: '{#error.key}' } },
        },
      }),
    rows: [
      [get('/s/b'), 'plan root 200'],
      [get('/s/b/fail'), 'plan fail 418 AWS_LAMBDA_INVALID_RESPONSE'],
      [get('/s/c'), 'root 200'],
    ],
  },
};

async function observe(url: string, { path, ...init }: Sent, calls: readonly { function: string }[]): Promise<string> {
  const response = await fetch(`${url}${path}`, init);
  return `${calls.map((call) => call.function).join(' ')} ${response.status} ${await response.text()}`;
}

async function check(t: TestContext, { definition, rows }: Shape, backend: Backend): Promise<void> {
  const lambda = await startLambda(t);
  const url = await importedUrl(t, definition(lambda.endpoint, `${backend.url}/base`), accepted);
  for (const [sent, expected] of rows) {
    lambda.calls.length = 0;
    backend.reset();
    backend.answerWith({ body: '' });
    const seen = await observe(url, sent, lambda.calls);
    assert.ok(seen.startsWith(expected), `${JSON.stringify(sent)}: ${seen}, expected ${expected}`);
    const { path } = sent;
    if (backend.calls > 0) assert.equal(backend.last?.path, path.replace('/s', '/base'), 'the target and the rest');
  }
}

for (const [name, shape] of Object.entries(shapes)) {
  test(name, async (t) => {
    const backend = await startBackend();
    t.after(() => backend.stop());
    await check(t, shape, backend);
  });
}
