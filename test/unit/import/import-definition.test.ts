import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkEnvoy, formatProblem } from '../../../src/config/index.ts';
import { ImportError, importDefinition } from '../../../src/import/index.ts';
import { routeRequest } from './envoy-router.ts';
import { functionsCalled, importFile, load, reportLines } from './support.ts';

const get = (path: string, rest: object = {}) => ({ path, method: 'GET', ...rest });
const shapes = ['v2-flows.json', 'v2-legacy.json', 'v4-export.json', 'v4-gateway.json', 'v4-operator.yaml'];

test('what is imported has no errors of its own', () => {
  for (const name of shapes) {
    const result = importFile(name);
    const problems = checkEnvoy(result.envoy, 'envoy.yaml', load(result));
    // Envoy cannot tell who is of this plan: its API is for who names it on a route of its own.
    const own = problems.filter(({ path }) => path !== 'apis.orders-plan-gold');
    assert.deepEqual(own.map(formatProblem), [], name);
  }
});

test('flows run for their paths methods and conditions and plans run first', () => {
  const result = importFile('v2-flows.json');
  const web = { headers: { 'x-channel': 'web' } };
  assert.deepEqual(functionsCalled(result, get('/shop')), ['greet', 'audit']);
  assert.deepEqual(functionsCalled(result, get('/shop/carts')), ['greet', 'audit']);
  assert.deepEqual(functionsCalled(result, { path: '/shop/carts/5', method: 'POST', ...web }), [
    'greet',
    'audit',
    'price',
  ]);
  assert.deepEqual(functionsCalled(result, get('/shop/off')), ['greet', 'audit']);
  assert.deepEqual(functionsCalled(result, get('/shop'), 'response'), ['mask']);
  assert.equal(routeRequest(result.envoy, get('/shopping')), undefined);
});

test('v2 scopes are kept', () => {
  const { set } = load(importFile('v2-flows.json'));
  const steps = [...(set.byName('shop-v2-carts-post')?.request ?? [])];
  assert.deepEqual(
    steps.map(({ name, body }) => [name, body]),
    [
      ['first-of-all', 'absent'],
      ['audit', 'absent'],
      ['price', 'buffered'],
    ],
  );
});

test('a flow that an earlier route takes whole costs the other routes nothing', () => {
  const { set } = load(importFile('v2-flows.json'));
  assert.equal(set.byName('shop-v2')?.request.length, 2);
  assert.equal(set.byName('shop-v2')?.needs.requestBody, false);
});

test('properties, templates and the data of the API are imported', () => {
  const { set } = load(importFile('v2-flows.json'));
  const policies = set.byName('shop-v2');
  assert.deepEqual(policies?.api, { id: '5e1b0c3a', name: 'Shop v2', version: '3' });
  assert.deepEqual([...(policies?.properties ?? [])], [['tier', 'gold']]);
  const error = { key: 'A_KEY', message: '', statusCode: 500, parameters: new Map() };
  const template = policies?.responseTemplates.get('AWS_LAMBDA_INVALID_RESPONSE')?.get('application/json');
  assert.equal(template?.status, 502);
  const body = template?.body?.evaluate({ attributes: new Map(), variables: new Map(), error });
  assert.equal(body, '{"error":"A_KEY"}');
  const v4 = load(importFile('v4-export.json')).set.byName('orders')?.responseTemplates.get('DEFAULT')?.get('*/*');
  assert.deepEqual([v4?.status, v4?.propagateErrorKeyToLogs], [503, true]);
});

test('what cannot be imported is listed', () => {
  const words: [string, string[]][] = [
    [
      'v2-flows.json',
      [
        'opened policy api-key (API key) in the request phase of flow all',
        'told disabled flow',
        'told plan Old is closed',
        'lost the value of property token',
        'lost resource cache',
        'told response template API_KEY_MISSING',
      ],
    ],
    [
      'v4-export.json',
      [
        'lost policy transform-headers',
        'changed the order of BEST_MATCH for paths such as /items/specialx',
        'changed plan Gold (JWT): Envoy does not know which plan a caller has',
        'its own are in policies.yaml',
        'told the security of plan Gold (JWT)',
        'pathParams',
        'lost the dictionaries',
        'lost endpoint group Other',
        'lost endpoint dynamic',
        'lost updates of property tier',
      ],
    ],
    ['v4-gateway.json', []],
    ['v2-legacy.json', []],
  ];
  for (const [name, expected] of words) {
    const lines = reportLines(importFile(name));
    for (const word of expected) {
      assert.ok(
        lines.some((line) => line.includes(word)),
        `${name}: ${word} in ${lines.join('\n')}`,
      );
    }
    // What only informs may grow; damage may not come unseen.
    const damage = lines.filter((line) => !line.startsWith('told'));
    assert.ok(
      damage.every((line) => expected.some((word) => line.includes(word))),
      damage.join('\n'),
    );
  }
});

test('requests that no flow fits are a 404 where the api wants one', () => {
  const result = importFile('v4-operator.yaml');
  assert.equal(routeRequest(result.envoy, get('/weather'))?.route, 'weather-exactly-get');
  assert.equal(routeRequest(result.envoy, get('/weather/x'))?.status, 404);
  assert.deepEqual(
    reportLines(result).filter((line) => !line.startsWith('told')),
    [],
  );
});

test('best match runs only the closest flow', () => {
  const result = importFile('v4-export.json');
  const tenant = { headers: { 'x-tenant': 'a' } };
  assert.deepEqual(functionsCalled(result, get('/orders')), ['enrich']);
  assert.deepEqual(functionsCalled(result, get('/orders/items/5', tenant)), ['tenant']);
  assert.deepEqual(functionsCalled(result, get('/orders/items/5/', tenant), 'response'), ['sign']);
  assert.deepEqual(functionsCalled(result, get('/orders/items/5', { ...tenant, query: { skip: '1' } })), []);
  assert.deepEqual(functionsCalled(result, get('/orders/items/5')), ['enrich']);
  assert.deepEqual(functionsCalled(result, { path: '/orders/items/5', method: 'POST', ...tenant }), ['enrich']);
  assert.deepEqual(functionsCalled(result, get('/orders/items/special', tenant)), ['special']);
  assert.deepEqual(functionsCalled(result, get('/orders/items/specially')), ['special']);
});

test('a plan that envoy cannot tell has its flows in an api of its own', () => {
  const { set } = load(importFile('v4-export.json'));
  const functions = set.byName('orders-plan-gold')?.request.map((step) => step.configuration.function.source);
  assert.deepEqual(functions, ['gold', 'enrich', 'tenant', 'special']);
});

test('hosts and nested context paths find their routes', () => {
  const { envoy } = importFile('v4-gateway.json');
  const routeOf = (host: string, path: string) => routeRequest(envoy, { host, path, method: 'GET' });
  assert.equal(routeOf('one.example.com', '/a/x.y')?.route, 'gateway-form-x-y-exactly');
  // A dot stands for any character, as in the gateway.
  assert.equal(routeOf('one.example.com', '/a/xzy')?.route, 'gateway-form-x-y-exactly');
  assert.equal(routeOf('one.example.com', '/a/xzzy')?.route, 'gateway-form');
  assert.equal(routeOf('one.example.com', '/a/b/x.y')?.upstreamPath, '/endpoint/x.y');
  assert.equal(routeOf('one.example.com', '/a/c/x.y')?.upstreamPath, '/endpoint/c/x.y');
  assert.equal(routeOf('other', '/x.y/')?.upstreamPath, '/endpoint/x.y/');
  // A path without a host is for every host.
  assert.equal(routeOf('one.example.com', '/b')?.upstreamPath, '/endpoint/b');
});

test('the backend gets its own path and what follows the context path', () => {
  const upstream = (name: string, path: string) => routeRequest(importFile(name).envoy, get(path))?.upstreamPath;
  assert.equal(upstream('v2-flows.json', '/shop'), '/endpoint');
  assert.equal(upstream('v2-flows.json', '/shop/carts/5'), '/endpoint/carts/5');
  assert.equal(upstream('v2-legacy.json', '/legacy'), '/');
  assert.equal(upstream('v2-legacy.json', '/legacy/a'), '/a');
  assert.equal(upstream('v4-export.json', '/orders/items'), '/v1/items');
});

test('the message timeout is longer than what the steps may take', () => {
  const { set } = load(importFile('v2-flows.json'));
  assert.equal(set.envoy.messageTimeoutMs, 129_000);
});

test('what is not a definition is refused with what would be right', () => {
  assert.throws(
    () => importFile('v4-message.json'),
    (error) => error instanceof ImportError && /type MESSAGE/.test(error.message),
  );
  assert.throws(() => importFile('v1-paths.json'), /v1 definition.*migrate/);
  for (const text of [
    '{}',
    '[]',
    '"x"',
    '{"name": "x"}',
    '{"gravitee": "2.0.0"}',
    '{"definitionVersion": "V4", "name": "n"}',
  ]) {
    assert.throws(() => importDefinition(text, 'api.json'), ImportError, text);
  }
});

test('names of hostile or odd shapes do no harm', () => {
  const definition = {
    gravitee: '2.0.0',
    name: '"}\n#: [x] ☃',
    proxy: { virtual_hosts: [{ path: '/a b' }, {}], groups: [{ endpoints: [{ target: 'http://h/%5C1' }] }] },
    flows: [
      {
        'path-operator': { path: "/it's/(.*)/:p", operator: 'EQUALS' },
        pre: [{ policy: 'aws-lambda', configuration: { function: 'f' } }],
      },
      null,
      5,
    ],
    plans: [{ name: 'open', security: 'KEY_LESS' }, 5, null],
    properties: [{ value: 1 }, { key: 'constructor', value: null }],
    response_templates: { DEFAULT: null },
  };
  const result = importDefinition(JSON.stringify(definition), 'api.json');
  assert.deepEqual(functionsCalled(result, get("/it's/(a)b/5")), ['f']);
  assert.deepEqual(functionsCalled(result, get("/it's/xx/5")), ['f']);
  assert.deepEqual(functionsCalled(result, get("/it's/5")), []);
});

const small = (rest: object): string =>
  JSON.stringify({
    definitionVersion: 'V4',
    name: 'small',
    plans: [{ name: 'open', security: { type: 'KEY_LESS' } }],
    listeners: [{ type: 'HTTP', paths: [{ path: '/s' }], cors: { enabled: true } }],
    endpointGroups: [{ name: 'g', endpoints: [{ name: 'e', configuration: { target: 'http://127.0.0.1:1' } }] }],
    ...rest,
  });
const lambdaStep = (configuration: object) => ({
  policy: 'aws-lambda',
  configuration: { function: 'f', ...configuration },
});

test('dictionaries are imported if the file has them', () => {
  const payload = "{#dictionaries['d']['k']}";
  const flows = [{ request: [lambdaStep({ payload })] }];
  for (const dictionaries of [
    { d: { k: 'v' } },
    { d: { properties: { k: 'v' } } },
    [{ key: 'd', properties: [{ key: 'k', value: 'v' }] }],
  ]) {
    const result = importDefinition(small({ flows, dictionaries }), 'api.json');
    const variables = load(result).set.byName('small')?.variables.get('dictionaries');
    assert.deepEqual(variables, new Map([['d', new Map([['k', 'v']])]]));
    assert.ok(!reportLines(result).some((line) => line.includes('dictionaries')));
  }
});

test('what only the gateway knows is listed', () => {
  const payload = "{#secrets.get('/vault/key:x')} {#request.contextPath} {#subscription.id} {#endpoints['e']}";
  const flows = [
    { request: [lambdaStep({ payload })] },
    { name: 'messages', selectors: [{ type: 'CHANNEL', channel: '/' }], request: [lambdaStep({})] },
    { name: 'two', selectors: [{ type: 'CONDITION', condition: '{#a}{#b}' }], request: [lambdaStep({})] },
  ];
  const resources = [{ name: 'r', type: 'oauth2' }];
  const result = importDefinition(small({ flows, resources, failover: { enabled: true } }), 'api.json');
  const lines = reportLines(result);
  for (const word of [
    'secret references',
    'told #request.contextPath',
    'subscription',
    'flow messages',
    'flow two',
    'resource r',
    'failover',
  ]) {
    assert.ok(
      lines.some((line) => line.includes(word)),
      `${word} in ${lines.join('\n')}`,
    );
  }
  assert.match(result.policies, /endpoints:\n {6}g: "g:"\n {6}e: "e:"/);
});

test('a definition without a backend gets routes that say so', () => {
  const result = importDefinition(small({ endpointGroups: [], flows: [] }), 'api.json');
  assert.match(result.envoy, /direct_response:\n +status: 503/);
  assert.ok(reportLines(result).some((line) => line.startsWith('lost a backend')));
});

test('conditions that hold braces quotes or alternatives are joined rightly', () => {
  const flowCondition = "{#request.params['a'] != null or #request.params['b'] != null}";
  const stepCondition = "{#request.params['c'] == null || #request.params['c'][0] == '}''{'}";
  const flows = [
    {
      selectors: [{ type: 'CONDITION', condition: flowCondition }],
      request: [{ ...lambdaStep({}), condition: stepCondition }],
    },
  ];
  const result = importDefinition(small({ flows }), 'api.json');
  const runs = (query: Record<string, string>) => functionsCalled(result, get('/s', { query })).length;
  assert.deepEqual([runs({}), runs({ a: '' }), runs({ b: '' }), runs({ c: 'x' })], [0, 1, 1, 0]);
  assert.deepEqual([runs({ a: '', c: 'x' }), runs({ a: '', c: "}'{" })], [0, 1]);
});

test('a configuration that is the text of its json means the same', () => {
  const text = readFileSync(join(import.meta.dirname, 'definitions', 'v2-flows.json'), 'utf8');
  const asText = JSON.stringify(JSON.parse(text), (key, value) =>
    key === 'configuration' && typeof value === 'object' ? JSON.stringify(value) : value,
  );
  assert.notEqual(asText.length, JSON.stringify(JSON.parse(text)).length);
  assert.equal(importDefinition(asText, 'v2-flows.json').policies, importFile('v2-flows.json').policies);
});

test('a flow for other methods only is not one for all', () => {
  const text = readFileSync(join(import.meta.dirname, 'definitions', 'v2-flows.json'), 'utf8');
  const document = JSON.parse(text) as { flows: { methods?: readonly string[] }[] };
  for (const flow of document.flows) flow.methods = ['OTHER'];
  const all = functionsCalled(importFile('v2-flows.json'), get('/shop'));
  const other = functionsCalled(importDefinition(JSON.stringify(document), 'v2-flows.json'), get('/shop'));
  assert.ok(other.length < all.length, `${other} of ${all}`);
});
