// `test`, `try` and `eval` with what Envoy tells of a stream: the authority, attributes and metadata.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf, runMain } from '../../support/command.ts';

const step = (name: string) =>
  `request: [{name: s, configuration: {function: f, payload: "x", mutations: {headers: {set: {x-ran: ${name}}}}}}]`;
const policies = `version: 1
apis:
  called: {authorities: [orders.shop], ${step('called')}}
  selected: {select: [{attribute: xds.virtual_host_name, matches: "shop-*"}], ${step('selected')}}
  also: {select: [{attribute: xds.filter_chain_name, matches: main}], ${step('also')}}
  routed: {routes: [items], ${step('routed')}}
  claims:
    request:
      - name: guard
        condition: "{#request.metadata['claims']['payload']['admin'] != true}"
        onConditionError: fail
        configuration: {function: f, sendToConsumer: true, answer: {status: 403}}
      - name: s
        configuration:
          function: f
          payload: {sub: "{#request.metadata['claims']['payload']['sub']}"}
          mutations: {headers: {set: {x-roles: "{#request.metadata['claims']['payload']['roles']}"}}}
`;
const answers = ['--answer', 'f={result: {}}'];

test('a test chooses its API as a stream would', async (t) => {
  const forwarded = (api: string) => `expect: {calls: [f], forwarded: {headers: {x-ran: ${api}}}}`;
  const attributes = (text: string) => `request: {attributes: {${text}}}`;
  const tests = (path: string) => `policies: ${path}
defaults: {route: items, functions: {f: {result: {}}}}
tests:
  - {name: a route, ${forwarded('routed')}}
  - {name: an authority, authority: Orders.Shop, ${forwarded('called')}}
  - {name: an attribute, ${attributes('xds.virtual_host_name: shop-1')}, ${forwarded('selected')}}
  - {name: an authority before an attribute, authority: orders.shop, ${attributes('xds.virtual_host_name: shop-1')}, ${forwarded('called')}}
  - {name: a name before all, api: routed, authority: orders.shop, ${forwarded('routed')}}
  - {name: nothing, authority: other, expect: {response: {status: 500}, error: LAMBDA_EXT_PROC_UNMATCHED}}
  - name: two
    request: {attributes: {xds.virtual_host_name: shop-1, xds.filter_chain_name: main}}
    expect: {response: {status: 500}, error: LAMBDA_EXT_PROC_AMBIGUOUS_API}
`;
  const { policies: path } = filesOf(t, { policies });
  const { tests: file } = filesOf(t, { tests: tests(path ?? '') });
  const { code, stdout, stderr } = await runMain(['test', file ?? '']);
  assert.deepEqual([code, stderr], [0, ''], stdout);
});

test('a test gives a request metadata, without which a guard stays closed', async (t) => {
  const tests = (path: string) => `policies: ${path}
defaults: {api: claims, functions: {f: {result: {}}}}
tests:
  - name: an admin passes
    request: {metadata: {claims: {payload: {admin: true, sub: ada, roles: [a, b]}}}}
    expect: {calls: [{function: f, payload: {sub: ada}}], forwarded: {headers: {x-roles: "a,b"}}}
  - name: another is refused
    request: {metadata: {claims: {payload: {admin: false, sub: eve}}}}
    expect: {response: {status: 403}}
  - name: nobody is refused
    expect: {calls: [], response: {status: 500}, error: LAMBDA_EXT_PROC_INTERNAL}
  - name: other metadata is no reason
    request: {metadata: {others: {payload: {admin: true}}}}
    expect: {calls: [], response: {status: 500}}
  - name: too much of it is an error
    request: {metadata: {claims: {payload: {admin: true}, list: [${'1,'.repeat(20_001)}]}}}
    expect: {calls: [], response: {status: 500}, error: LAMBDA_EXT_PROC_INTERNAL}
`;
  const { policies: path } = filesOf(t, { policies });
  const { tests: file } = filesOf(t, { tests: tests(path ?? '') });
  const { code, stdout, stderr } = await runMain(['test', file ?? '']);
  assert.deepEqual([code, stderr], [0, ''], stdout);
  const { broken } = filesOf(t, {
    broken: tests(path ?? '').replace('{metadata: {others: {', '{metadata: {others: ['),
  });
  assert.equal((await runMain(['test', broken ?? ''])).code, 1);
});

test('try chooses by --authority and by attributes, and says which APIs match together', async (t) => {
  const { p, request } = filesOf(t, {
    p: policies,
    request: '{path: /, attributes: {xds.virtual_host_name: shop-1, xds.filter_chain_name: main}}',
  });
  const tried = (...args: string[]) => runMain(['try', '--config', p ?? '', ...answers, ...args]);
  assert.match((await tried('--authority', 'orders.shop', '/')).stdout, /^API called: 1 invocation/m);
  assert.match((await tried('--route', 'items', '/')).stdout, /^API routed: 1 invocation/m);
  const none = await tried('--authority', 'orders.evil', '/');
  assert.equal(none.code, 2);
  assert.match(none.stderr, /no API has "orders\.evil" among its authorities/);
  const two = await tried(`@${request}`);
  assert.equal(two.code, 2);
  assert.match(two.stderr, /more than one API matches by `select`: selected, also/);
});

test('eval takes metadata in a context and in a request', async (t) => {
  const { context, request, wrong } = filesOf(t, {
    context: '{"request": {"metadata": {"ns": {"a": {"b": [1, 2]}}}}}',
    request: '{metadata: {ns: {a: {b: [1, 2]}}}}',
    wrong: '{"request": {"metadata": {"ns": "text"}}}',
  });
  const template = "{#request.metadata['ns']['a']['b'][1]} {#request.metadata['other']}";
  for (const args of [
    ['--context', context ?? ''],
    ['--request', request ?? ''],
  ]) {
    const { code, stdout, stderr } = await runMain(['eval', ...args, template]);
    assert.deepEqual([code, stdout, stderr], [0, '2 \n', '']);
  }
  const { code, stderr } = await runMain(['eval', '--context', wrong ?? '', template]);
  assert.equal(code, 2);
  assert.match(stderr, /request\.metadata must be an object of objects/);
});
