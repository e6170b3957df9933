// A restriction on callers that is not imported closes its routes, and only those, until it is accepted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CLOSED_KEY, type ImportResult, importDefinition } from '../../../src/import/index.ts';
import { routeRequest } from './envoy-router.ts';
import { load, reportLines } from './support.ts';

const lambda = { name: 'AWS Lambda', policy: 'aws-lambda', configuration: { function: 'f' } };
const free = { name: 'free', status: 'PUBLISHED', security: { type: 'KEY_LESS' } };
const http = (path: string, methods: readonly string[] = []) => ({
  type: 'HTTP',
  path,
  pathOperator: 'STARTS_WITH',
  methods,
});

function definition(fields: object, plans: readonly object[] = [free]): string {
  return JSON.stringify({
    definitionVersion: 'V4',
    name: 'shop',
    listeners: [{ type: 'HTTP', paths: [{ path: '/s' }] }],
    endpointGroups: [{ name: 'g', endpoints: [{ name: 'e', configuration: { target: 'http://127.0.0.1:1' } }] }],
    flows: [{ name: 'all', selectors: [http('/')], request: [lambda] }],
    plans,
    ...fields,
  });
}

const imported = (fields: object, plans?: readonly object[], accept: readonly string[] = []): ImportResult =>
  importDefinition(definition(fields, plans), 'api.json', { accept });
const statusOf = ({ envoy }: ImportResult, path: string, method = 'GET') =>
  routeRequest(envoy, { path, method })?.status;

const restricted: readonly (readonly [why: string, accept: string, fields: object, plans?: readonly object[]])[] = [
  ['a selection rule', 'free', {}, [{ ...free, selectionRule: "{#request.headers['x'] != null}" }]],
  ...['API_KEY', 'JWT', 'OAUTH2', 'MTLS', 'api-key', 'OF_TOMORROW'].map((type) => {
    return [`a plan with ${type}`, 'gold', {}, [{ name: 'gold', security: { type } }]] as const;
  }),
  ['only closed plans', 'free', {}, [{ ...free, status: 'CLOSED' }]],
  ['only staging plans', 'free', {}, [{ ...free, status: 'staging' }]],
  ['no plan', 'shop', {}, []],
  ['a stopped API', 'shop', { state: 'STOPPED' }],
  ...['rate-limit', 'quota', 'ip-filtering', 'jwt', 'json-validation', 'policy-of-tomorrow'].map((policy) => {
    return [`the policy ${policy}`, policy, { flows: [{ request: [{ policy }, lambda] }] }] as const;
  }),
  ['a guard in a plan', 'rate-limit', {}, [{ ...free, flows: [{ request: [{ policy: 'rate-limit' }] }] }]],
  ['a guard of responses', 'data-masking', { flows: [{ request: [lambda], response: [{ policy: 'data-masking' }] }] }],
  [
    'a shared policy group that is not at hand',
    'spg-one',
    { flows: [{ request: [{ sharedPolicyGroupRef: { name: 'spg-one' } }, lambda] }] },
  ],
  ['a path beyond RE2', 'odd', { flows: [{ name: 'odd', selectors: [http('/(?=x)')], request: [lambda] }] }],
];

for (const [why, name, fields, plans] of restricted) {
  test(`closed: ${why}`, () => {
    const closed = imported(fields, plans);
    assert.equal(statusOf(closed, '/s/x'), 503);
    assert.equal(closed.closedRoutes, closed.routes);
    assert.match(closed.envoy, new RegExp(`"key":"${CLOSED_KEY}"`));
    const [first] = closed.report;
    assert.deepEqual([first?.damage, first?.closed, first?.accept], ['opened', true, name]);
    assert.match(closed.envoy, /# Restrictions on callers that are not imported:\n# - CLOSED: /);
    // The sidecar is not asked, so that no function runs for those who may not call it.
    assert.equal(routeRequest(closed.envoy, { path: '/s/x', method: 'GET' })?.api, undefined);
    load(closed);

    const open = imported(fields, plans, [name.toUpperCase()]);
    assert.equal(statusOf(open, '/s/x'), undefined);
    assert.equal(open.closedRoutes, 0);
    assert.deepEqual([open.report[0]?.damage, open.report[0]?.closed], ['opened', false]);
  });
}

test('what transforms messages, is disabled or never ran closes nothing', () => {
  for (const step of [{ policy: 'transform-headers' }, { policy: 'rate-limit', enabled: 'off' }]) {
    const result = imported({ flows: [{ request: [step, lambda] }] });
    assert.equal(result.closedRoutes, 0);
  }
  const never = { selectors: [{ type: 'CONDITION', condition: '{#a} && {#b}' }], request: [{ policy: 'rate-limit' }] };
  assert.equal(imported({ flows: [never] }).closedRoutes, 0);
  assert.equal(imported({ flows: [{ enabled: false, request: [{ policy: 'quota' }] }] }).closedRoutes, 0);
});

test('only the routes that a guarding flow may fit are closed', () => {
  const result = imported({
    flows: [
      { name: 'all', selectors: [http('/')], request: [lambda] },
      { name: 'admin', selectors: [http('/admin', ['POST'])], request: [{ policy: 'ip-filtering' }] },
    ],
  });
  assert.equal(statusOf(result, '/s/admin/x', 'POST'), 503);
  assert.equal(statusOf(result, '/s/admin/x'), undefined);
  assert.equal(statusOf(result, '/s/other', 'POST'), undefined);
});

test('an open plan beside others keeps the routes open, with the flows of the open plan', () => {
  const gold = { name: 'gold', security: { type: 'API_KEY' }, flows: [{ request: [lambda] }] };
  const result = imported({}, [gold, free]);
  assert.equal(result.closedRoutes, 0);
  assert.ok(reportLines(result).some((line) => line.startsWith('changed plan gold (API_KEY)')));
});

test('a request that only conditions decide is closed where the API wants a flow', () => {
  const flows = [{ name: 'c', selectors: [http('/'), { type: 'CONDITION', condition: '{#a}' }], request: [lambda] }];
  const result = imported({ flows, flowExecution: { matchRequired: true } });
  assert.equal(statusOf(result, '/s/x'), 503);
  assert.equal(result.report[0]?.accept, 'match-required');
});

test('the comment at a closed route holds what opens it by hand', () => {
  const closed = imported({}, [{ name: 'gold', security: { type: 'JWT' } }]);
  const lines = closed.envoy.split('\n').map((line) => line.trim());
  const start = lines.findIndex((line) => line.includes('or write instead of direct_response:'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('#'));
  const written = parse(
    lines
      .slice(start + 1, end)
      .map((line) => line.replace(/^# ?/, ''))
      .join('\n'),
  );
  const open = parse(imported({}, [{ name: 'gold', security: { type: 'JWT' } }], ['gold']).envoy);
  const [route] =
    open.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0].routes;
  assert.deepEqual(written, { route: route.route, typed_per_filter_config: route.typed_per_filter_config });
});
