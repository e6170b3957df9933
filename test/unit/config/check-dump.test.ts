// Shapes that a dump may have; that a real Envoy's is understood is tested in test/envoy/config-dump.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { checkEnvoy, formatProblem } from '../../../src/config/index.ts';
import { enriching, isError, only, readingRequest } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';
import { load } from './support.ts';

type Json = Record<string, unknown>;

const ADMIN = 'type.googleapis.com/envoy.admin.v3';
const CONFIG = 'type.googleapis.com/envoy.config';
const whole = parse(goodEnvoy) as { static_resources: { listeners: Json[]; clusters: Json[] } } & Json;
const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const inline = managerOf(whole.static_resources.listeners[0] ?? {}).route_config as Json;
const routes = (name = 'routes', api = 'orders'): Json => ({
  '@type': `${CONFIG}.route.v3.RouteConfiguration`,
  ...(JSON.parse(JSON.stringify(inline).replace('"value":"orders"', `"value":"${api}"`)) as Json),
  name,
});

function managerOf(listener: Json): Json {
  return (
    (listener as { filter_chains: { filters: { typed_config: Json }[] }[] }).filter_chains[0]?.filters[0]
      ?.typed_config ?? {}
  );
}

/** The listener of the fixture with its routes elsewhere. */
function listener(source: Json = { rds: { route_config_name: 'routes' } }): Json {
  const copy = clone(whole.static_resources.listeners[0] ?? {});
  const manager = managerOf(copy);
  delete manager.route_config;
  Object.assign(manager, source);
  return { '@type': `${CONFIG}.listener.v3.Listener`, ...copy };
}

interface Parts {
  readonly listeners?: readonly Json[];
  readonly routes?: readonly Json[];
  readonly more?: readonly Json[];
  readonly without?: string;
}

function dump({ listeners, routes: dynamic, more = [], without }: Parts = {}): Json {
  const { static_resources: _, ...bootstrap } = whole;
  const configs: Json[] = [
    { '@type': `${ADMIN}.BootstrapConfigDump`, bootstrap },
    {
      '@type': `${ADMIN}.ClustersConfigDump`,
      dynamic_active_clusters: whole.static_resources.clusters.map((cluster) => ({ cluster })),
    },
    {
      '@type': `${ADMIN}.ListenersConfigDump`,
      dynamic_listeners: listeners ?? [{ name: 'main', active_state: { listener: listener() } }],
    },
    { '@type': `${ADMIN}.RoutesConfigDump`, dynamic_route_configs: dynamic ?? [{ route_config: routes() }] },
    ...more,
  ];
  return { configs: configs.filter((config) => !String(config['@type']).endsWith(without ?? 'nothing')) };
}

function check(data: Json): readonly string[] {
  const problems = checkEnvoy(JSON.stringify(data), 'dump.json', load(enriching));
  return problems.filter(({ file }) => file === 'dump.json').map(formatProblem);
}

test('routes are joined by their name', () => {
  assert.deepEqual(check(dump()), []);
  only(
    check(dump({ routes: [{ route_config: routes('routes', 'nope') }] })),
    'error',
    'route orders: ',
    'is not an API',
  );
  only(
    check(dump({ routes: [{ route_config: routes('other', 'nope') }] })),
    'warning',
    'its routes come from another source',
  );
});

test('a static listener is looked at once, though the bootstrap has it too', () => {
  const own = clone(whole.static_resources.listeners[0] ?? {});
  const data = JSON.stringify({
    configs: [
      { '@type': `${ADMIN}.BootstrapConfigDump`, bootstrap: whole },
      {
        '@type': `${ADMIN}.ClustersConfigDump`,
        static_clusters: whole.static_resources.clusters.map((cluster) => ({ cluster })),
      },
      { '@type': `${ADMIN}.ListenersConfigDump`, static_listeners: [{ listener: own }] },
      { '@type': `${ADMIN}.RoutesConfigDump`, static_route_configs: [{ route_config: routes() }] },
    ],
  }).replaceAll('"value":"orders"', '"value":"nope"');
  only(check(JSON.parse(data) as Json), 'error', 'is not an API');
});

test('what is not in force is reported', () => {
  const state = { listener: listener() };
  const both = { name: 'main', active_state: state, warming_state: state };
  only(check(dump({ listeners: [both] })), 'warning', 'warming_state', 'still preparing this version');
  const old = { name: 'old', draining_state: state };
  only(
    check(
      dump({ listeners: [both, old] }).configs ? dump({ listeners: [{ ...both, warming_state: undefined }, old] }) : {},
    ),
    'warning',
    'draining_state',
  );
  const refused = { name: 'main', active_state: state, error_state: { details: 'a secret' } };
  const [line = ''] = check(dump({ listeners: [refused] }));
  only([line], 'warning', 'error_state', 'Envoy rejected its last update');
  assert.ok(!line.includes('a secret'));
});

test('a version that only warms is checked', () => {
  const [line = '', ...more] = check(
    dump({
      listeners: [{ name: 'main', warming_state: { listener: listener() } }],
      routes: [{ route_config: routes('routes', 'nope') }],
    }),
  );
  only([line, ...more], 'error', 'is not an API');
});

for (const part of ['BootstrapConfigDump', 'ListenersConfigDump', 'RoutesConfigDump', 'ClustersConfigDump']) {
  test(`a dump without ${part} is reported as incomplete`, () => {
    const lines = check(dump({ without: part }));
    assert.ok(
      lines.some((line) => line.includes(`warning: this is a partial dump without ${part}:`)),
      lines.join('\n'),
    );
    assert.deepEqual(lines.filter(isError), []);
  });
}

test('resources that are printed alone are read', () => {
  const configs = [
    { '@type': `${ADMIN}.ListenersConfigDump.DynamicListener`, name: 'main', active_state: { listener: listener() } },
    { '@type': `${ADMIN}.RoutesConfigDump.DynamicRouteConfig`, route_config: routes('routes', 'nope') },
  ];
  const lines = check({ configs });
  only(lines.filter(isError), 'error', 'is not an API');
  assert.ok(lines.some((line) => line.includes('this is a partial dump')));
});

const scoped = { scoped_routes: { name: 'scopes', scope_key_builder: {}, scoped_rds: {} } };
const scope = (route: string): Json => ({
  '@type': `${CONFIG}.route.v3.ScopedRouteConfiguration`,
  name: route,
  route_configuration_name: route,
});

test('scoped routes are joined, each scope with its routes', () => {
  const scopes = {
    '@type': `${ADMIN}.ScopedRoutesConfigDump`,
    dynamic_scoped_route_configs: [{ name: 'scopes', scoped_route_configs: [scope('a'), scope('b')] }],
  };
  const listeners = [{ name: 'main', active_state: { listener: listener(scoped) } }];
  const of = (...all: readonly Json[]): Json =>
    dump({ listeners, routes: all.map((route_config) => ({ route_config })), more: [scopes] });
  assert.deepEqual(check(of(routes('a'), routes('b'))), []);
  only(check(of(routes('a'), routes('b', 'nope'))), 'error', 'is not an API');
  only(check(of(routes('a'))), 'warning', 'some of its routes come from another source');
});

test('a filter from ECDS is checked', () => {
  const own = listener();
  const manager = managerOf(own) as { http_filters: Json[] };
  const [processor, ...filters] = manager.http_filters;
  const type = 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';
  manager.http_filters = [
    { name: 'ext_proc', disabled: true, config_discovery: { config_source: { ads: {} }, type_urls: [type] } },
    ...filters,
  ];
  const listeners = [{ name: 'main', active_state: { listener: own } }];
  const config = { ...(processor?.typed_config as Json), failure_mode_allow: true };
  const ecds = {
    '@type': `${ADMIN}.EcdsConfigDump`,
    ecds_filters: [
      { ecds_filter: { '@type': `${CONFIG}.core.v3.TypedExtensionConfig`, name: 'ext_proc', typed_config: config } },
    ],
  };
  only(check(dump({ listeners, more: [ecds] })), 'warning', 'failure_mode_allow');
  only(check(dump({ listeners })), 'warning', 'ECDS');
});

test('a dump of many megabytes is read in seconds, whatever its file is called', () => {
  const more = Array.from({ length: 15_000 }, (_, index) => ({ route_config: routes(`unused-${index}`) }));
  const text = JSON.stringify(dump({ routes: [{ route_config: routes() }, ...more] }));
  assert.ok(text.length > 8 * 1024 * 1024, `${text.length}`);
  for (const name of ['dump.json', '<stdin>']) {
    const problems = checkEnvoy(text, name, load(enriching));
    assert.deepEqual(problems.filter(({ file }) => file === name).map(formatProblem), []);
  }
});

test('dumps inside what tools print are found, several too', () => {
  const bad = dump({ routes: [{ route_config: routes('routes', 'nope') }] });
  const lines = check({ xds: { 'default/eg': dump(), 'default/other': bad } });
  only(lines, 'error', 'is not an API');
});

test('the limit of a listener whose only chain is the default one counts', () => {
  const { filter_chains: chains, ...rest } = listener() as Json & { filter_chains: readonly Json[] };
  const moved = (limit: number): Json => ({
    ...rest,
    default_filter_chain: chains[0],
    per_connection_buffer_limit_bytes: limit,
  });
  const lines = (limit: number): readonly string[] => {
    const data = dump({ listeners: [{ name: 'main', active_state: { listener: moved(limit) } }] });
    const problems = checkEnvoy(JSON.stringify(data), 'dump.json', load(readingRequest));
    return problems
      .map(formatProblem)
      .filter((line) => line.includes('per_connection_buffer_limit_bytes: bodies over'));
  };
  assert.deepEqual(lines(6_291_456), []);
  only(lines(32_768), 'error', 'bodies over 32768 bytes');
});

/** The sidecar's cluster with a name that HTTP/2 refuses, a health check that sends it, and endpoints by EDS. */
function byEds(more: readonly Json[]): Json {
  const name = 'policy/orders/0';
  const clusters = whole.static_resources.clusters.map((cluster) => {
    if (cluster.name !== 'lambda-ext-proc') return { cluster };
    const { load_assignment: _, ...rest } = clone(cluster) as Json & { health_checks: { grpc_health_check: Json }[] };
    for (const { grpc_health_check: health } of rest.health_checks) delete health.authority;
    return { cluster: { ...rest, name, type: 'EDS', eds_cluster_config: { service_name: name } } };
  });
  const text = JSON.stringify(dump({ more, without: 'ClustersConfigDump' }));
  const data = JSON.parse(text.replaceAll('"cluster_name":"lambda-ext-proc"', `"cluster_name":"${name}"`)) as Json & {
    configs: Json[];
  };
  data.configs.push({ '@type': `${ADMIN}.ClustersConfigDump`, dynamic_active_clusters: clusters });
  return data;
}

const assignment = (endpoint: Json): Json => ({
  '@type': `${ADMIN}.EndpointsConfigDump`,
  dynamic_endpoint_configs: [
    { endpoint_config: { cluster_name: 'policy/orders/0', endpoints: [{ lb_endpoints: [{ endpoint }] }] } },
  ],
});

test('endpoints from EDS give the authority of health checks', () => {
  const address = { pipe: { path: '/run/lambda-ext-proc/0.sock' } };
  assert.deepEqual(check(byEds([assignment({ address, health_check_config: { hostname: 'sidecar' } })])), []);
  only(check(byEds([assignment({ address })])), 'error', 'grpc_health_check.authority', 'policy/orders/0');
  only(check(byEds([])), 'warning', 'grpc_health_check.authority', 'include_eds');
});
