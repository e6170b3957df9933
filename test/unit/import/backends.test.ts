import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { importDefinition } from '../../../src/import/index.ts';
import { routeRequest } from './envoy-router.ts';
import { reportLines } from './support.ts';

interface Options {
  readonly shared?: unknown;
  readonly group?: object;
  readonly endpoints?: readonly object[];
  readonly paths?: readonly object[];
}

const endpoint = (name: string, target: string, fields: object = {}) => ({
  name,
  type: 'http-proxy',
  inheritConfiguration: true,
  configuration: { target },
  ...fields,
});

function imported({ shared, group, endpoints, paths }: Options) {
  const result = importDefinition(
    JSON.stringify({
      definitionVersion: 'V4',
      name: 'b',
      plans: [{ name: 'free', security: { type: 'KEY_LESS' } }],
      listeners: [{ type: 'HTTP', paths: paths ?? [{ path: '/b' }] }],
      flows: [{ request: [{ policy: 'aws-lambda', configuration: { function: 'f' } }] }],
      endpointGroups: [
        {
          name: 'g',
          sharedConfiguration: shared,
          endpoints: endpoints ?? [endpoint('e', 'http://127.0.0.1:1/x')],
          ...group,
        },
      ],
    }),
    'b.json',
  );
  const { static_resources: resources } = parse(result.envoy);
  const manager = resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const [, cluster, ...others] = resources.clusters;
  const { routes } = manager.route_config.virtual_hosts[0];
  return { result, lines: reportLines(result), manager, cluster, others, routes, route: routes[0] };
}

test('timeouts, HTTP/2 and headers are imported, also from JSON inside a string', () => {
  const shared = {
    headers: [
      { name: 'X-Backend-Key', value: 'k%1' },
      { name: 'X-El', value: '{#request.id}' },
      { name: 'Host', value: 'inner.example' },
    ],
    http: { connectTimeout: 3000, readTimeout: '12000', idleTimeout: 5000, keepAliveTimeout: 4000, version: 'HTTP_2' },
  };
  for (const form of [shared, JSON.stringify(shared)]) {
    const { cluster, route, lines } = imported({ shared: form });
    assert.equal(cluster.connect_timeout, '3s');
    assert.deepEqual([route.route.timeout, route.route.idle_timeout], ['12s', '5s']);
    assert.equal(route.route.host_rewrite_literal, 'inner.example');
    assert.deepEqual(route.request_headers_to_add[0].header, { key: 'X-Backend-Key', value: 'k%%1' });
    assert.equal(route.request_headers_to_add.length, 1);
    assert.ok(lines.some((line) => line.startsWith('lost header X-El')));
    const [options] = Object.values<Record<string, unknown>>(cluster.typed_extension_protocol_options);
    assert.deepEqual(options?.explicit_http_config, { http2_protocol_options: {} });
    assert.deepEqual(options?.common_http_protocol_options, { idle_timeout: '4s' });
  }
});

test('an endpoint that does not inherit has its own options', () => {
  const own = endpoint('e', 'http://127.0.0.1:1', {
    inheritConfiguration: false,
    sharedConfigurationOverride: JSON.stringify({ http: { connectTimeout: 1000, propagateClientHost: true } }),
  });
  const { cluster, route, lines } = imported({ shared: { http: { connectTimeout: 3000 } }, endpoints: [own] });
  assert.equal(cluster.connect_timeout, '1s');
  assert.equal(route.route.host_rewrite_literal, undefined);
  assert.ok(lines.includes('told sharedConfiguration of group g, which no endpoint inherits'));
});

test('endpoints that differ have routes of their own, by their weights', () => {
  const { routes, others, lines } = imported({
    group: { loadBalancer: { type: 'WEIGHTED_ROUND_ROBIN' } },
    endpoints: [
      endpoint('a', 'http://127.0.0.1:1/v1', { weight: 3 }),
      endpoint('b', 'http://127.0.0.1:2/v2', { weight: 1 }),
    ],
  });
  const [first, second] = routes;
  assert.deepEqual(first.match.runtime_fraction.default_value, { numerator: 750_000, denominator: 'MILLION' });
  assert.equal(second.match.runtime_fraction, undefined);
  assert.deepEqual(
    [first.route.regex_rewrite.substitution, second.route.regex_rewrite.substitution],
    ['/v1\\1', '/v2\\1'],
  );
  assert.equal(others.length, 1);
  assert.ok(lines.some((line) => line.startsWith('changed endpoints of group g have different paths')));
});

test('each load balancer has its weights, and spares wait', () => {
  const two = [endpoint('a', 'http://127.0.0.1:1', { weight: 9 }), endpoint('b', 'http://127.0.0.1:2')];
  const weights = (type: string) => {
    const { cluster } = imported({ group: { loadBalancer: { type } }, endpoints: two });
    const [{ lb_endpoints: endpoints }] = cluster.load_assignment.endpoints;
    return [cluster.lb_policy, endpoints[0].load_balancing_weight];
  };
  assert.deepEqual(weights('ROUND_ROBIN'), ['ROUND_ROBIN', undefined]);
  assert.deepEqual(weights('weighted-round-robin'), ['ROUND_ROBIN', 9]);
  assert.deepEqual(weights('RANDOM'), ['RANDOM', undefined]);
  assert.deepEqual(weights('WEIGHTED_RANDOM'), ['ROUND_ROBIN', 9]);
  const spare = [endpoint('a', 'http://127.0.0.1:1'), endpoint('b', 'http://127.0.0.1:2', { secondary: true })];
  const { cluster } = imported({ endpoints: spare });
  assert.deepEqual(
    cluster.load_assignment.endpoints.map((one: { priority: number }) => one.priority),
    [0, 1],
  );
});

test('health checks are Envoy’s where they say what it can check', () => {
  const services = (configuration: object) => ({
    services: { healthCheck: { enabled: true, type: 'http-health-check', overrideConfiguration: true, configuration } },
  });
  const check = (configuration: object) => {
    return imported({ endpoints: [endpoint('e', 'http://127.0.0.1:1/base', services(configuration))] });
  };
  const full = {
    target: '/health',
    schedule: '*/5 * * * * *',
    assertion: '{#response.status == 204}',
    successThreshold: 3,
  };
  const { cluster } = check({ ...full, overrideEndpointPath: false });
  const [found] = cluster.health_checks;
  assert.deepEqual([found.interval, found.healthy_threshold, found.unhealthy_threshold], ['5s', 3, 2]);
  assert.equal(found.http_health_check.path, '/base/health');
  assert.deepEqual(found.http_health_check.expected_statuses, [{ start: 204, end: 205 }]);
  const { lines } = check({ ...full, assertion: "{#jsonPath(#response.content, '$.up')}", schedule: '0 0 8 * * MON' });
  assert.ok(lines.some((line) => line.startsWith('changed the assertions of the health check')));
  assert.ok(lines.some((line) => line.startsWith('changed the schedule of the health check')));
});

test('a path without a host is for the hosts of other entries too, and hosts differ in no case', () => {
  const paths = [
    { path: '/a', host: 'API.example.com' },
    { path: '/c', host: 'api.example.com:8443' },
    { path: '/w', host: '*.example.com' },
    { path: '/b' },
  ];
  const { result, manager } = imported({ paths });
  const hosts = manager.route_config.virtual_hosts.map((one: { domains: readonly string[] }) => one.domains);
  assert.deepEqual(hosts, [['api.example.com'], ['*.example.com'], ['*']]);
  const found = (host: string, path: string) => routeRequest(result.envoy, { host, path, method: 'GET' })?.route;
  for (const path of ['/a', '/b', '/c', '/w']) assert.ok(found('api.example.com', path), path);
  assert.ok(found('other', '/b'));
  assert.equal(found('other', '/a'), undefined);
});

test('what Envoy writes to the wire is hardened', () => {
  const { manager, result } = imported({});
  assert.deepEqual(
    [
      manager.normalize_path,
      manager.merge_slashes,
      manager.path_with_escaped_slashes_action,
      manager.use_remote_address,
    ],
    [true, true, 'UNESCAPE_AND_REDIRECT', true],
  );
  assert.equal(manager.common_http_protocol_options.headers_with_underscores_action, 'REJECT_REQUEST');
  assert.ok(manager.request_timeout && manager.stream_idle_timeout);
  assert.ok(parse(result.envoy).overload_manager);
});

test('TLS to a backend: names, trust and client certificates', () => {
  const tls = (ssl: object, http: object = {}) => {
    const { cluster, lines } = imported({ shared: { ssl, http }, endpoints: [endpoint('e', 'https://b.example')] });
    return { context: cluster.transport_socket.typed_config, cluster, lines };
  };
  assert.ok(tls({}).context.common_tls_context.validation_context.trusted_ca.filename);
  assert.deepEqual(tls({ trustAll: true }).context.common_tls_context, {});
  assert.equal(tls({}, { propagateClientHost: true }).context.auto_host_sni, true);
  const lost = tls({
    keyStore: { type: 'PKCS12', path: '/etc/c.p12', password: 'x' },
    trustStore: { type: 'PEM', content: 'odd' },
  });
  assert.ok(lost.lines.some((line) => line.startsWith('lost the client certificate (key store) of group g')));
  assert.ok(lost.lines.some((line) => line.startsWith('lost the trust store of group g')));
  assert.ok(!JSON.stringify(lost.lines).includes('"x"'));
});
