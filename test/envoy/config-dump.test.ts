// What `check --envoy` reads of a running Envoy: /config_dump, with listeners, routes, clusters and filters that came by xDS.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { checkEnvoy, formatProblem } from '../../src/config/index.ts';
import { type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import { goodEnvoy } from '../unit/config/envoy-fixture.ts';
import { load } from '../unit/config/support.ts';

const TYPE = 'type.googleapis.com/envoy.config';
const policies = `version: 1
envoy: {allowModeOverride: true}
apis:
  orders:
    request: [{configuration: {function: f, payload: "{#request.content}", mutations: {headers: {set: {x-a: b}}}}}]
`;

interface Resource {
  readonly name: string;
  [field: string]: unknown;
}

/** The fixture cut into a bootstrap and files that Envoy reads as it would read xDS. */
function discovered(directory: string, routesText: string): string {
  const whole = parse(goodEnvoy) as {
    static_resources: { listeners: Resource[]; clusters: Resource[] };
    [field: string]: unknown;
  };
  const { listeners, clusters } = whole.static_resources;
  const source = (name: string) => ({
    path_config_source: { path: join(directory, name) },
    resource_api_version: 'V3',
  });
  const write = (name: string, type: string, resources: readonly object[]): void => {
    const typed = resources.map((resource) => ({ '@type': `${TYPE}.${type}`, ...resource }));
    writeFileSync(join(directory, name), stringify({ resources: typed }));
  };
  const listener = stringify(listeners[0]).replace(/port_value: 10000/, 'port_value: 0');
  const manager = parse(listener) as { filter_chains: { filters: { typed_config: Record<string, unknown> }[] }[] };
  const config = manager.filter_chains[0]?.filters[0]?.typed_config ?? assert.fail();
  delete config.route_config;
  config.rds = { route_config_name: 'routes', config_source: source('rds.yaml') };
  const [processor, ...filters] = config.http_filters as Resource[];
  config.http_filters = [
    {
      name: processor?.name,
      disabled: true,
      config_discovery: {
        config_source: source('ecds.yaml'),
        type_urls: ['type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor'],
      },
    },
    ...filters,
  ];
  write('rds.yaml', 'route.v3.RouteConfiguration', [parse(routesText) as object]);
  write('ecds.yaml', 'core.v3.TypedExtensionConfig', [
    { name: processor?.name, typed_config: processor?.typed_config },
  ]);
  write('lds.yaml', 'listener.v3.Listener', [manager]);
  write('cds.yaml', 'cluster.v3.Cluster', clusters);
  const { static_resources: _, overload_manager, ...bootstrap } = whole;
  return stringify({
    ...bootstrap,
    node: { id: 'a', cluster: 'b' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    dynamic_resources: { lds_config: source('lds.yaml'), cds_config: source('cds.yaml') },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            max_active_downstream_connections: 100,
          },
        },
      ],
    },
  });
}

const good = stringify(
  (
    parse(goodEnvoy) as {
      static_resources: { listeners: { filter_chains: { filters: { typed_config: { route_config: object } }[] }[] }[] };
    }
  ).static_resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config.route_config,
);

suite('the dump of a running Envoy', () => {
  const directory = temporaryDirectory('dump-');
  let envoy: RunningEnvoy;
  const dump = async (query = ''): Promise<string> => (await fetch(`${envoy.adminUrl}/config_dump${query}`)).text();
  const check = (text: string): readonly string[] => checkEnvoy(text, 'dump.json', load(policies)).map(formatProblem);

  before(async () => {
    envoy = await startEnvoy({ config: discovered(directory.path, good) });
  });
  after(async () => {
    await envoy.stop();
    directory.remove();
  });

  test('has no findings where the configuration is right', async () => {
    assert.deepEqual(check(await dump()), []);
    assert.deepEqual(check(await dump('?include_eds')), []);
  });

  test('joins routes, clusters and filters that came by xDS', async () => {
    const text = await dump();
    const spoilt = (from: RegExp, to: string): readonly string[] => {
      assert.match(text, from);
      return check(text.replace(from, to));
    };
    const [api = '', unreached = ''] = spoilt(/"value": "orders"/, '"value": "ordres"');
    assert.match(api, /^dump\.json:\d+:\d+ route orders: .*is not an API of the policies.*did you mean orders\?$/);
    assert.match(
      unreached,
      /^policies\.yaml:4:3 apis\.orders: warning: no route of the Envoy configuration reaches it/,
    );
    const names = spoilt(/"ext_proc"(?=: \{)/, '"ext_porc"');
    assert.ok(
      names.some((line) => /route orders: typed_per_filter_config\.ext_porc: does not match a filter/.test(line)),
    );
    const [cluster = ''] = spoilt(/"cluster_name": "lambda-ext-proc"(?=,\s*"authority")/, '"cluster_name": "lambda"');
    assert.match(cluster, /cluster_name: there is no cluster of this name/);
    const [override = ''] = spoilt(/"allow_mode_override": true/, '"allow_mode_override": false');
    assert.match(override, /allow_mode_override: API orders needs the request's body/);
  });

  test('tells that a part of it is one', async () => {
    const [part = '', routes = ''] = check(await dump('?resource=dynamic_listeners'));
    assert.match(
      part,
      /^dump\.json:1:1 warning: this is a partial dump without BootstrapConfigDump, .*RoutesConfigDump/,
    );
    assert.ok(routes === '' || /warning: /.test(routes), routes);
    const lines = check(await dump('?mask=static_route_configs,dynamic_route_configs'));
    assert.ok(
      lines.every((line) => line.includes('warning: ') || line.includes('no listener')),
      lines.join('\n'),
    );
  });

  test('tells of an update that Envoy refused', async () => {
    const file = join(directory.path, 'lds.yaml');
    const next = join(directory.path, 'next.yaml');
    const address = { socket_address: { address: '127.0.0.1', port_value: 0 } };
    const listener = {
      '@type': `${TYPE}.listener.v3.Listener`,
      name: 'main',
      address,
      filter_chains: [{ filters: [{ name: 'none' }] }],
    };
    writeFileSync(next, stringify({ resources: [listener] }));
    // Envoy watches for a file that is moved to the place.
    renameSync(next, file);
    await waitFor(async () => (await dump()).includes('error_state'));
    const lines = check(await dump());
    assert.ok(
      lines.some((line) => /error_state: warning: Envoy rejected its last update/.test(line)),
      lines.join('\n'),
    );
  });
});

async function waitFor(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}
