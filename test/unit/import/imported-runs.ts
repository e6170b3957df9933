import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { TestContext } from 'node:test';
import type { ImportOptions } from '../../../src/import/index.ts';
import { startBackend } from '../../support/backend.ts';
import { importedUrl, startLambda } from './imported-envoy.ts';

/** Method, path, headers, the functions that are called, the status, and what the body begins with. */
type Row = readonly [
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  functions: string,
  status: number,
  body?: string,
];

export interface Run {
  readonly name: string;
  /** Quick enough for every run of the tests. */
  readonly always?: boolean;
  readonly definition: (endpoint: string, target: string) => object;
  readonly options?: ImportOptions;
  readonly rows: readonly Row[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Definitions through the sidecar and the real Envoy, as the gateway would answer. */
export async function checkRun(t: TestContext, { definition, options, rows }: Run): Promise<void> {
  const lambda = await startLambda(t);
  const backend = await startBackend();
  t.after(() => backend.stop());
  const url = await importedUrl(t, definition(lambda.endpoint, `${backend.url}/base`), options);
  for (const [method, path, headers, functions, status, body = ''] of rows) {
    lambda.calls.length = 0;
    backend.reset();
    backend.answerWith({ status: 201, headers: { 'x-from': 'backend' }, body: 'from the backend' });
    const seen = await send(`${url}${path}`, method, headers);
    const what = `${method} ${path} ${JSON.stringify(headers)}`;
    // The backend's own status is told from the sidecar's and from Envoy's.
    assert.deepEqual([lambda.calls.map((call) => call.function).join(), seen.status], [functions, status], what);
    assert.ok(seen.body.startsWith(body), `${what}: ${seen.body}`);
  }
}

/** `fetch` sets the host itself. */
function send(url: string, method: string, headers: Readonly<Record<string, string>>) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject).end();
  });
}

const free = { name: 'free', status: 'PUBLISHED', security: { type: 'KEY_LESS' } };

function v4(target: string, fields: Fields): object {
  return {
    definitionVersion: 'V4',
    name: 'run',
    plans: [free],
    listeners: [{ type: 'HTTP', paths: [{ path: '/ctx' }] }],
    endpointGroups: [{ name: 'g', endpoints: [{ name: 'e', configuration: { target } }] }],
    ...fields,
  };
}

function v2(target: string, mode: string, flows: readonly object[], planFlows: readonly object[]): object {
  return {
    gravitee: '2.0.0',
    name: 'run',
    execution_mode: mode,
    proxy: { virtual_hosts: [{ path: '/ctx' }], groups: [{ name: 'g', endpoints: [{ name: 'e', target }] }] },
    plans: [{ name: 'free', security: 'KEY_LESS', flows: planFlows }],
    flows,
  };
}

function step(endpoint: string, name: string, configuration: Fields = {}, condition?: string): object {
  const common = { region: 'us-east-1', accessKey: 'AK', secretKey: 'SK', endpoint, function: name };
  return { policy: 'aws-lambda', condition, configuration: { ...common, ...configuration } };
}

const http = (path: string, pathOperator = 'STARTS_WITH') => ({ type: 'HTTP', path, pathOperator, methods: [] });
const when = (condition: string) => ({ type: 'CONDITION', condition });
const unseen = "{#context.attributes['seen'] == null}";
const seen = { variables: [{ name: 'seen', value: 'yes' }] };

export const runs: readonly Run[] = [
  {
    name: "a flow's condition is evaluated once, whatever its steps and other flows do to what it reads",
    always: true,
    definition: (endpoint, target) =>
      v4(target, {
        flows: [
          {
            name: 'own',
            selectors: [http('/'), when(unseen)],
            request: [step(endpoint, 'first', seen), step(endpoint, 'second')],
            response: [step(endpoint, 'third')],
          },
          {
            name: 'later',
            selectors: [http('/'), when(unseen)],
            request: [step(endpoint, 'never')],
            response: [step(endpoint, 'nor')],
          },
          {
            name: 'before',
            selectors: [http('/'), when('{#context.attributes.other == null}')],
            response: [step(endpoint, 'fourth')],
          },
          {
            name: 'sets',
            request: [
              step(
                endpoint,
                'sets',
                { variables: [{ name: 'other', value: 'x' }] },
                "{#request.params['set'] != null}",
              ),
            ],
          },
          {
            name: 'after',
            selectors: [http('/'), when('{#context.attributes["other"] != null}')],
            response: [step(endpoint, 'fifth')],
          },
        ],
      }),
    rows: [
      ['GET', '/ctx/x', {}, 'first,second,third,fourth', 201],
      ['GET', '/ctx/x?set=1', {}, 'first,second,sets,third,fourth,fifth', 201],
    ],
  },
  {
    name: 'v3: scopes, the order of responses, and an answer that leaves the status',
    always: true,
    definition: (endpoint, target) =>
      v2(
        target,
        'v3',
        [
          {
            pre: [step(endpoint, 'api-pre', { scope: 'REQUEST' }), step(endpoint, 'misplaced', { scope: 'RESPONSE' })],
            post: [step(endpoint, 'api-post', { scope: 'RESPONSE', sendToConsumer: true, payload: 'p' })],
          },
        ],
        [
          {
            pre: [step(endpoint, 'plan-pre', { scope: 'REQUEST' })],
            post: [step(endpoint, 'plan-post', { scope: 'RESPONSE' })],
          },
        ],
      ),
    rows: [['GET', '/ctx/x', {}, 'plan-pre,api-pre,api-post,plan-post', 201, '{"from":"api-post","payload":"p"}']],
  },
  {
    name: 'v4-emulation-engine: positions, the order of v4, and an answer with its status',
    definition: (endpoint, target) =>
      v2(
        target,
        'v4-emulation-engine',
        [
          {
            pre: [step(endpoint, 'pre', { scope: 'RESPONSE' })],
            post: [step(endpoint, 'post', { sendToConsumer: true })],
          },
        ],
        [{ post: [step(endpoint, 'plan-post')] }],
      ),
    rows: [['GET', '/ctx/x', {}, 'pre,plan-post,post', 200, '{"from":"post"']],
  },
  {
    name: 'hosts, regular expressions in paths and conditions',
    always: true,
    definition: (endpoint, target) =>
      v4(target, {
        listeners: [{ type: 'HTTP', paths: [{ path: '/ctx', host: 'API.example.com' }, { path: '/b' }] }],
        flows: [
          { name: 'n', selectors: [http('/items/[0-9]+', 'EQUALS')], request: [step(endpoint, 'num')] },
          { name: 'alt', selectors: [http('/(users|orders)')], request: [step(endpoint, 'alt')] },
          { name: 'dot', selectors: [http('/v1.0', 'EQUALS')], request: [step(endpoint, 'dot')] },
          {
            name: 'quote',
            selectors: [http('/q'), when(`{#request.headers['x-a'][0] == "it's"}`)],
            request: [step(endpoint, 'quote')],
          },
          {
            name: 'two',
            selectors: [http('/q'), when("{#request.method == 'GET'} && {#request.headers['x-a'] != null}")],
            request: [step(endpoint, 'two')],
          },
          { name: 'bare', selectors: [http('/q')], request: [step(endpoint, 'bare', {}, "#request.method == 'GET'")] },
          { name: 'not', selectors: [http('/q'), when('{!false}')], request: [step(endpoint, 'not')] },
          { name: 'text', selectors: [http('/t'), when('true')], request: [step(endpoint, 'text', {}, '{(1 == 1)}')] },
        ],
      }),
    rows: [
      ['GET', '/b/items/12', { host: 'other.example' }, 'num', 201],
      ['GET', '/b/items/12/', { host: 'api.example.com' }, 'num', 201],
      ['GET', '/ctx/items/12', { host: 'Api.Example.com:8080' }, 'num', 201],
      ['GET', '/ctx/items/12', { host: 'other.example' }, '', 404],
      ['GET', '/b/items/ab', {}, '', 201],
      ['GET', '/b/orders/3', {}, 'alt', 201],
      ['GET', '/b/v1x0', {}, 'dot', 201],
      ['GET', '/b/v1xx0', {}, '', 201],
      ['GET', '/b/q', {}, '', 201],
      ['GET', '/b/q', { 'x-a': "it's" }, 'quote', 201],
      ['GET', '/b/q', { 'x-a': '1' }, '', 201],
      ['GET', '/b/t', {}, 'text', 201],
    ],
  },
  {
    name: 'closed routes answer themselves, and call no function',
    always: true,
    definition: (endpoint, target) =>
      v4(target, {
        flowExecution: { mode: 'best-match', matchRequired: true },
        flows: [
          {
            name: 'guarded',
            selectors: [http('/admin')],
            request: [{ policy: 'rate-limit' }, step(endpoint, 'admin')],
          },
          { name: 'wide', selectors: [http('/x')], request: [step(endpoint, 'wide')] },
          { name: 'narrow', selectors: [http('/x/y')], request: [step(endpoint, 'narrow')] },
        ],
      }),
    rows: [
      ['GET', '/ctx/admin/1', {}, '', 503, '{"message":"This route is closed'],
      ['POST', '/ctx/x/../admin', {}, '', 503, '{"message":"This route is closed'],
      ['GET', '/ctx/x', {}, 'wide', 201],
      ['GET', '/ctx/x/y', {}, 'narrow', 201],
      ['GET', '/ctx/z', {}, '', 404],
    ],
  },
  {
    name: 'what was accepted is open, and CORS is answered before the policies',
    options: { accept: ['rate-limit', 'gold'] },
    definition: (endpoint, target) =>
      v4(target, {
        plans: [{ name: 'gold', security: { type: 'API_KEY' }, flows: [{ request: [step(endpoint, 'gold')] }] }],
        listeners: [
          {
            type: 'HTTP',
            paths: [{ path: '/ctx' }],
            cors: { enabled: true, allowOrigin: ['https://a.example'], allowMethods: ['PUT'] },
          },
        ],
        flows: [{ name: 'guarded', request: [{ policy: 'rate-limit' }, step(endpoint, 'one')] }],
      }),
    rows: [
      ['GET', '/ctx/1', {}, 'gold,one', 201],
      ['OPTIONS', '/ctx/1', { origin: 'https://a.example', 'access-control-request-method': 'PUT' }, '', 200],
    ],
  },
];
