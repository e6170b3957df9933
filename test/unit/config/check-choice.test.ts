// `check --envoy`: which API each route gets by authorities, select and routes, and what Envoy must send for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEnvoy, formatProblem } from '../../../src/config/index.ts';
import { goodEnvoy } from './envoy-fixture.ts';
import { envoyGateway, istio, kgateway } from './kubernetes-fixture.ts';
import { load } from './support.ts';

const step = 'request: [{configuration: {function: f, payload: "x", apiCallTimeoutMs: 9000}}]';
const document = (apis: string) => `version: 1\nenvoy: {allowModeOverride: true}\napis:\n${apis}`;
const check = (text: string, apis: string) => checkEnvoy(text, 'e.yaml', load(document(apis))).map(formatProblem);
const replaced = (text: string, ...pairs: readonly (readonly [from: string, to: string])[]) =>
  pairs.reduce((result, [from, to]) => {
    assert.ok(result.includes(from), from);
    return result.replace(from, () => to);
  }, text);

/** The good configuration, whose route names no API. */
const unnamed = replaced(
  goodEnvoy,
  ['grpc_initial_metadata: [{key: x-lambda-api, value: orders}]', 'grpc_initial_metadata: []'],
  ['message_timeout: 35s', 'message_timeout: 30s'],
);
const withAttributes = (list: string) => replaced(unnamed, ['[xds.route_name]', list]);
const named = (lines: readonly string[]) => lines.filter((line) => /API|names no|select|authorit|matches/.test(line));
const API = "xds.route_metadata.filter_metadata['lambda']['api']";
const select = (name: string, attribute: string, matches: string, more = '') =>
  `  ${name}: {select: [{attribute: "${attribute}", matches: "${matches}"}${more}], ${step}}\n`;

test('a route gets the API of its authority', () => {
  assert.deepEqual(named(check(unnamed, `  orders: {authorities: [lambda-ext-proc], ${step}}\n`)), []);
  const own = replaced(unnamed, [
    'grpc_initial_metadata: []',
    'grpc_service: {envoy_grpc: {cluster_name: lambda-ext-proc, authority: orders.shop}}',
  ]);
  assert.deepEqual(named(check(own, `  orders: {authorities: [orders.shop], ${step}}\n`)), []);
  const [line] = named(check(own, `  orders: {authorities: [lambda-ext-proc], ${step}}\n`));
  assert.match(line ?? '', /error.*matches no API|matches no API/);
});

test("without an authority it is the cluster's name", () => {
  const text = replaced(unnamed, [', authority: lambda-ext-proc}', '}']);
  assert.deepEqual(named(check(text, `  orders: {authorities: [lambda-ext-proc], ${step}}\n`)), []);
});

test('a route gets the API of its metadata, which the filter must ask for letter by letter', () => {
  assert.deepEqual(named(check(withAttributes(`["${API}"]`), select('orders', API, 'o*'))), []);
  const missing = named(check(unnamed, select('orders', API, 'o*')));
  assert.match(
    missing.join('\n'),
    /`select` of API orders reads attributes that the filter does not request from Envoy,.*add `xds\.route_metadata/,
  );
  const alike = named(check(withAttributes(`['${API.replaceAll("'", '"')}']`), select('orders', API, 'o*')));
  assert.match(alike.join('\n'), /must have the same text/);
  const other = named(check(withAttributes(`["${API}"]`), select('orders', API, 'items')));
  assert.match(other.join('\n'), /matches no API/);
  const second = `, {attribute: xds.virtual_host_name, matches: all}`;
  assert.deepEqual(
    named(check(withAttributes(`["${API}", xds.virtual_host_name]`), select('orders', API, 'orders', second))),
    [],
  );
});

test('what the text says nothing of is reported, and what is known decides', () => {
  const text = withAttributes('[xds.filter_chain_name, xds.route_name]');
  const unknown = named(check(text, select('orders', 'xds.filter_chain_name', 'x')));
  assert.match(
    unknown.join('\n'),
    /may be served by API orders, whose `select` reads an attribute that cannot be determined from the files: its/,
  );
  assert.doesNotMatch(unknown.join('\n'), /names no API|no route of the Envoy configuration reaches it/);
  const authority = `  called: {authorities: [lambda-ext-proc], ${step}}\n`;
  const served = named(check(text, authority + select('orders', 'xds.filter_chain_name', 'x')));
  assert.doesNotMatch(served.join('\n'), /may be served/);
});

test('two APIs of one route by the same means are an error', () => {
  const both = withAttributes(`["${API}", xds.virtual_host_name]`);
  const lines = named(check(both, select('a', API, 'orders') + select('b', 'xds.virtual_host_name', 'all')));
  assert.match(lines.join('\n'), /matches `select` of more than one API \(a, b\), so each request is a 500/);
});

test('a cluster that callers choose is an error where select reads it', () => {
  const text = replaced(withAttributes('[xds.cluster_name]'), [
    'route: {cluster: backend}',
    'route: {cluster_header: x-cluster}',
  ]);
  assert.match(
    named(check(text, select('orders', 'xds.cluster_name', 'backend'))).join('\n'),
    /callers choose the API/,
  );
});

test("objects for Kubernetes get the API of their backend's name and namespace", () => {
  const byName = `  orders: {authorities: [orders.shop], ${step}}\n`;
  const forGateway = (text: string, apis = byName) => named(check(text, apis)).join('\n');
  const plain = replaced(envoyGateway, ['request: {attributes: [xds.route_name]}', 'request: {}']);
  assert.equal(forGateway(plain), '');
  const evil = plain.replaceAll('namespace: shop', 'namespace: evil');
  assert.match(forGateway(evil), /matches no API.*`authorities: \["orders\.evil"\]`/);
  const service = replaced(plain, [
    '{group: gateway.envoyproxy.io, kind: Backend, name: orders}',
    '{name: orders, port: 50051}',
  ])
    // The endpoints of a Service have no host name for the health check.
    .replace(/ {8}healthCheck:\n.*\n/, '');
  assert.match(forGateway(service), /`authorities: \["orders\.shop:50051"\]`/);
  assert.equal(forGateway(service, `  orders: {authorities: ["orders.shop:50051"], ${step}}\n`), '');
  const elsewhere = replaced(plain, ['kind: Backend, name: orders}', 'kind: Backend, name: orders, namespace: other}']);
  assert.match(forGateway(elsewhere), /`authorities: \["orders\.other"\]`/);
});

test('kgateway and Istio name an API by the authority', () => {
  const apis = `  orders: {authorities: [lambda-ext-proc], ${step}}\n`;
  assert.deepEqual(named(check(kgateway, apis)), []);
  const other = named(check(kgateway, `  orders: {authorities: [orders], ${step}}\n`)).join('\n');
  assert.match(other, /matches no API.*`authority: orders\.default`|matches no API.*grpcService/);
  const byAuthority = replaced(istio, [
    'grpc_initial_metadata: [{key: x-lambda-api, value: default}]',
    'grpc_initial_metadata: []',
  ]);
  assert.deepEqual(named(check(byAuthority, apis)), []);
});

test('a namespace of metadata that is read and not forwarded is an error', () => {
  const apis = `  orders: {request: [{configuration: {function: f, payload: "{#request.metadata['claims']['payload']['sub']}"}}]}\n`;
  const lines = (text: string, own = apis) => check(text, own).filter((line) => line.includes('#request.metadata'));
  const [line] = lines(goodEnvoy);
  assert.match(
    line ?? '',
    /API orders reads #request\.metadata\['claims'\].*`forwarding_namespaces: \{untyped: \[claims\]\}`/,
  );
  const forwarding = (names: string) =>
    replaced(goodEnvoy, ['metadata_options: {', `metadata_options: {forwarding_namespaces: {untyped: [${names}]}, `]);
  assert.deepEqual(lines(forwarding('claims')), []);
  assert.equal(lines(forwarding('others')).length, 1);
  const overridden = replaced(forwarding('claims'), [
    'overrides:\n',
    'overrides:\n                                metadata_options: {forwarding_namespaces: {untyped: [other]}}\n',
  ]);
  assert.equal(lines(overridden).length, 1, 'the route says otherwise');
  const all = apis.replace("['claims']['payload']['sub']", '');
  assert.match(lines(goodEnvoy, all)[0] ?? '', /reads #request\.metadata, which is empty/);
  assert.deepEqual(lines(forwarding('any'), all), []);
  const eg = replaced(apis, ['orders: {', 'orders: {authorities: [orders.shop], ']);
  assert.match(
    lines(envoyGateway, eg)[0] ?? '',
    /spec\.extProc\[0\]\.metadata.*`metadata: \{accessibleNamespaces: \[claims\]\}`/,
  );
  const accessible = replaced(envoyGateway, [
    'metadata: {writable',
    'metadata: {accessibleNamespaces: [claims], writable',
  ]);
  assert.deepEqual(lines(accessible, eg), []);
  const kg = replaced(apis, ['orders: {', 'orders: {authorities: [lambda-ext-proc], ']);
  assert.match(lines(kgateway, kg)[0] ?? '', /`metadataOptions: \{forwarding: \{untyped: \[claims\]\}\}`/);
  assert.deepEqual(
    lines(
      replaced(kgateway, [
        '    failOpen: false',
        '    metadataOptions: {forwarding: {untyped: [claims]}}\n    failOpen: false',
      ]),
      kg,
    ),
    [],
  );
});
