import type { Json } from './kubernetes-schema.ts';

/** One item of `configPatches` of an EnvoyFilter, with the supported fields. */
interface Patch {
  readonly applyTo: string;
  readonly match?: {
    readonly routeConfiguration?: { readonly vhost?: { readonly route?: { readonly name?: string } } };
  };
  readonly patch: { readonly operation: string; readonly value: Json };
}

export interface PlainEnvoyOptions {
  /** Where Envoy listens; port 0 is a free one. */
  readonly port: number;
  /** `host:port` of the backend. */
  readonly backend: string;
}

/**
 * What Istio generates from an EnvoyFilter, as far as one gateway needs it: an Envoy with a route for each `HTTP_ROUTE` patch, whose prefix
 * is the route's name. The patches are applied in their order. An unknown kind of patch is an error.
 */
export function plainEnvoyOf(filter: Json, options: PlainEnvoyOptions): Json {
  const patches = ((filter.spec as Json).configPatches ?? []) as readonly Patch[];
  const routes = patches.filter(({ applyTo }) => applyTo === 'HTTP_ROUTE').map((patch) => nameOf(patch));
  const config = baseConfig(routes, options);
  for (const patch of patches) apply(patch, config);
  return {
    admin: { address: address('127.0.0.1', 0) },
    static_resources: { listeners: [config.listener], clusters: config.clusters },
  };
}

function nameOf({ match }: Patch): string {
  const name = match?.routeConfiguration?.vhost?.route?.name;
  if (name === undefined) throw new Error('a patch with applyTo: HTTP_ROUTE matches no route by its name');
  return name;
}

interface Config {
  listener: Record<string, unknown>;
  readonly clusters: Json[];
  readonly filters: Json[];
  readonly routes: Record<string, unknown>[];
}

function baseConfig(names: readonly string[], { port, backend }: PlainEnvoyOptions): Config {
  const routes = [...names.map((name) => route(name, `/${name}`)), route('plain', '/')];
  const filters: Json[] = [
    {
      name: ROUTER,
      typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
    },
  ];
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'ingress',
    normalize_path: true,
    merge_slashes: true,
    use_remote_address: true,
    route_config: { name: 'http.80', virtual_hosts: [{ name: '*:80', domains: ['*'], routes }] },
    http_filters: filters,
  };
  return {
    listener: {
      name: 'main',
      address: address('127.0.0.1', port),
      filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] }],
    },
    clusters: [backendCluster('backend', backend)],
    filters,
    routes,
  };
}

const ROUTER = 'envoy.filters.http.router';

function route(name: string, prefix: string): Record<string, unknown> {
  return { name, match: { prefix }, route: { cluster: 'backend' } };
}

function apply(patch: Patch, config: Config): void {
  const { operation, value } = patch.patch;
  const kind = `${patch.applyTo} ${operation}`;
  if (kind === 'CLUSTER ADD') config.clusters.push(value);
  else if (kind === 'LISTENER MERGE') Object.assign(config.listener, merged(config.listener, value));
  else if (kind === 'HTTP_FILTER INSERT_BEFORE') {
    config.filters.splice(
      config.filters.findIndex(({ name }) => name === ROUTER),
      0,
      value,
    );
  } else if (kind === 'HTTP_ROUTE MERGE') {
    const target = config.routes.find(({ name }) => name === nameOf(patch)) ?? {};
    Object.assign(target, merged(target, value));
  } else throw new Error(`patches with applyTo ${patch.applyTo} and operation ${operation} are not supported`);
}

/** Merges messages as protobuf does. Lists, which protobuf appends, do not occur here. */
function merged(base: Json, value: Json): Json {
  const entries = Object.entries(value).map(([key, item]) => {
    const below = base[key];
    return [key, isMessage(below) && isMessage(item) ? merged(below, item) : item] as const;
  });
  return { ...base, ...Object.fromEntries(entries) };
}

function isMessage(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function backendCluster(name: string, backend: string): Json {
  const [host = '', port = ''] = backend.split(/:(?=\d+$)/);
  const endpoint = { address: address(host, Number(port)) };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    per_connection_buffer_limit_bytes: 6291456,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  };
}

export function address(host: string, port: number): Json {
  return { socket_address: { address: host, port_value: port } };
}
