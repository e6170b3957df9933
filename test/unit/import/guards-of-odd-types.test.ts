// What restricted callers and is of another type or spelling than the gateway writes is not taken for silence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImportResult, importDefinition } from '../../../src/import/index.ts';
import { routeRequest } from './envoy-router.ts';
import { load, reportLines } from './support.ts';

const lambda = { name: 'AWS Lambda', policy: 'aws-lambda', configuration: { function: 'f' } };
const limit = { policy: 'rate-limit' };
const free = { name: 'free', status: 'PUBLISHED', security: { type: 'KEY_LESS' } };
const http = (path: string, rest: object = {}) => ({ type: 'HTTP', path, pathOperator: 'STARTS_WITH', ...rest });

function imported(fields: object, plan: object = {}): ImportResult {
  const definition = {
    definitionVersion: 'V4',
    name: 'shop',
    listeners: [{ type: 'HTTP', paths: [{ path: '/s' }] }],
    endpointGroups: [{ name: 'g', endpoints: [{ name: 'e', configuration: { target: 'http://127.0.0.1:1' } }] }],
    flows: [{ name: 'all', selectors: [http('/')], request: [lambda] }],
    plans: [{ ...free, ...plan }],
    ...fields,
  };
  return importDefinition(JSON.stringify(definition), 'api.json');
}

const statusOf = ({ envoy }: ImportResult, path: string, method = 'GET', host = 'localhost') =>
  routeRequest(envoy, { path, method, host })?.status;

test('an open plan leaves the route open', () => {
  assert.equal(imported({}).closedRoutes, 0);
  assert.equal(imported({}, { status: 'DEPRECATED' }).closedRoutes, 0);
});

const plans: readonly object[] = [
  ...['ARCHIVED', ['CLOSED'], {}, 0].map((status) => ({ status })),
  ...[null, '', {}, ['JWT'], { type: null }, { type: ['JWT'] }, { Type: 'JWT' }, 5].map((security) => ({ security })),
  ...[['{#a}'], { x: 1 }, false, 0].map((selectionRule) => ({ selectionRule })),
  { selectionRule: '', selection_rule: "{#request.headers['x'] != null}" },
  { SelectionRule: "{#request.headers['x'] != null}" },
];
for (const plan of plans) {
  test(`a plan with ${JSON.stringify(plan)} is closed`, () => {
    const result = imported({}, plan);
    assert.equal(statusOf(result, '/s/x'), 503);
    assert.equal(result.report[0]?.damage, 'opened');
  });
}

const apis: readonly object[] = [
  { state: ['STOPPED'] },
  { State: 'stopped' },
  { enabled: false },
  { enabled: 'off' },
  { lifecycleState: 'STOPPED' },
  { lifecycle_state: 'ARCHIVED' },
  { plans: 'free' },
  { plans: ['free'] },
  { flows: { all: { selectors: [http('/')], request: [limit, lambda] } } },
  { flows: [{ selectors: [http('/')], request: { first: limit, second: lambda } }] },
];
for (const fields of apis) {
  test(`an API with ${JSON.stringify(fields)} is closed`, () => {
    assert.equal(statusOf(imported(fields), '/s/x'), 503);
  });
}

test('a host or a path of another type is not every host or every path', () => {
  const at = (path: unknown) => imported({ listeners: [{ type: 'HTTP', paths: [path] }] });
  for (const path of [{ path: '/s', host: ['a.example'] }, { path: ['/s'] }, { path: {} }, '/s', 5]) {
    assert.equal(at(path).routes, 0, JSON.stringify(path));
    assert.ok(
      reportLines(at(path)).some((line) => line.startsWith('lost')),
      JSON.stringify(path),
    );
  }
  assert.equal(routeRequest(at({ path: '/s', Host: 'a.example' }).envoy, { path: '/s', method: 'GET' }), undefined);
});

test('of several selectors of a kind the first is taken, as in the gateway', () => {
  const flow = { name: 'two', selectors: [http('/'), http('/narrow')], request: [limit] };
  const result = imported({ flows: [flow] });
  assert.equal(statusOf(result, '/s/other'), 503);
  assert.ok(reportLines(result).some((line) => line.includes('another selector HTTP of flow two')));
});

test('a guard for methods without a name closes them, and a flow for invalid methods is for no method', () => {
  const guarded = imported({ flows: [{ selectors: [http('/', { methods: ['GET', 'OTHER'] })], request: [limit] }] });
  assert.equal(statusOf(guarded, '/s/x', 'PROPFIND'), 503);
  const one = imported({ flows: [{ selectors: [http('/', { methods: ['M-SEARCH'] })], request: [lambda] }] });
  assert.equal(routeRequest(one.envoy, { path: '/s/x', method: 'GET' })?.api, undefined);
  const text = imported({ flows: [{ selectors: [http('/', { methods: 'GET' })], request: [lambda] }] });
  assert.equal(routeRequest(text.envoy, { path: '/s/x', method: 'POST' })?.api, undefined);
  assert.notEqual(routeRequest(text.envoy, { path: '/s/x', method: 'GET' })?.api, undefined);
});

test('0 is false, and a condition that is not text never holds', () => {
  assert.equal(imported({ flows: [{ request: [{ ...lambda, enabled: 0 }] }] }).steps, 0);
  assert.equal(imported({ flows: [{ enabled: 0, request: [lambda] }] }).steps, 0);
  assert.equal(imported({ flows: [{ request: [{ ...lambda, condition: ['{#a}'] }] }] }).steps, 0);
  assert.equal(
    imported({ flows: [{ selectors: [{ type: 'CONDITION', condition: {} }], request: [lambda] }] }).steps,
    0,
  );
});

test('what callers have to send for a selection rule is not told', () => {
  for (const rule of [
    `{#request.headers['x-key'][0] == 'hidden'}`,
    `{#request.headers["x-key"][0] == "hidden"}`,
    `{'hidden`,
  ]) {
    const result = imported({}, { selectionRule: rule });
    assert.doesNotMatch(JSON.stringify(result), /hidden/);
    assert.match(reportLines(result).join('\n'), /opened .*selectionRule/);
  }
  const named = imported({}, { selectionRule: `{#request.headers['x-key'][0] == 'hidden'}` });
  assert.match(reportLines(named).join('\n'), /\['x-key'\]/);
});

test('hostile names: a header keeps its value, a property and a dictionary are reported, a host with a line end is reported', () => {
  const result = importDefinition(
    JSON.stringify({
      name: 'b',
      gravitee: '2.0.0',
      proxy: {
        virtual_hosts: [{ path: '/c' }],
        groups: [
          {
            endpoints: [
              {
                name: 'e',
                target: 'http://127.0.0.1:9/',
                inherit: false,
                hostHeader: 'a\r\nb',
                headers: [{ name: '__proto__', value: 'kept' }],
              },
            ],
          },
        ],
      },
      flows: [{ pre: [lambda] }],
      plans: [{ name: 'free', security: 'KEY_LESS' }],
      properties: [{ key: '__proto__', value: 'x' }],
      dictionaries: [{ key: '__proto__', properties: {} }],
    }),
    'api.json',
  );
  assert.match(result.envoy, /key: __proto__\s+value: kept/);
  assert.match(result.envoy, /host_rewrite_literal: 127\.0\.0\.1:9/);
  const lines = reportLines(result);
  for (const what of ['lost a property __proto__', 'lost a dictionary __proto__', 'lost header host of endpoint e']) {
    assert.ok(
      lines.some((line) => line.startsWith(what)),
      what,
    );
  }
  load(result);
});

const v2 = (fields: object, plan: object = {}): string =>
  JSON.stringify({
    name: 'b',
    gravitee: '2.0.0',
    proxy: { context_path: '/c', groups: [{ endpoints: [{ name: 'e', target: 'http://127.0.0.1:9/' }] }] },
    flows: [{ pre: [lambda] }],
    plans: [{ name: 'free', security: 'KEY_LESS', ...plan }],
    ...fields,
  });
const paths = { '/': [{ 'rate-limit': {} }] };

test('a definition of v1 is refused also when only its paths say so, and paths of others are reported', () => {
  for (const text of [v2({ gravitee: null, paths }), v2({ gravitee: '1.0.0' }, { paths })]) {
    assert.throws(() => importDefinition(text, 'api.json'), /this is a v1 definition/);
  }
  for (const text of [v2({ paths }), v2({}, { paths })]) {
    assert.ok(
      reportLines(importDefinition(text, 'api.json')).some((line) => line.startsWith('told policies under paths')),
    );
  }
});

test('virtual hosts and context paths that are not text are not the root of every host', () => {
  for (const proxy of [{ virtual_hosts: 'a.example/x' }, { context_path: ['/a'] }]) {
    const result = importDefinition(v2({ proxy }), 'api.json');
    const found = routeRequest(result.envoy, { path: '/', method: 'GET' });
    assert.equal(found, undefined, JSON.stringify(proxy));
  }
});

test('a guard whose path is not text is for every path', () => {
  const flow = { 'path-operator': { path: ['/a'], operator: 'EQUALS' }, pre: [limit] };
  assert.equal(statusOf(importDefinition(v2({ flows: [flow] }), 'api.json'), '/c/a'), 503);
});
