import { address, type PlainEnvoyOptions } from './istio-patches.ts';
import type { Json } from './kubernetes-schema.ts';

/**
 * Converts the output of Envoy Gateway's translator (`egctl x translate --to xds`) to a configuration without a control plane. Listeners,
 * routes, clusters and endpoints are joined as with ADS; only addresses and the targets of access logs are changed. Endpoints with network
 * addresses are replaced by the backend, so that routes lead to an existing service.
 */
export function staticEnvoyOf(translated: Json, options: PlainEnvoyOptions): Json {
  const [gateway] = Object.values(
    (translated.xds ?? {}) as Readonly<Record<string, { readonly configs: readonly Json[] }>>,
  );
  if (gateway === undefined) throw new Error('this is not what `egctl x translate --from gateway-api --to xds` prints');
  const dumps = gateway.configs;
  const bootstrap = dumps.map(({ bootstrap: found }) => found).find((found) => found !== undefined) as Json;
  const routes = byName(
    list(dumps, 'dynamicRouteConfigs').map(({ routeConfig }) => routeConfig as Json),
    'name',
  );
  const endpoints = byName(
    list(dumps, 'dynamicEndpointConfigs').map(({ endpointConfig }) => endpointConfig as Json),
    'clusterName',
  );
  const listeners = list(dumps, 'dynamicListeners')
    .map(({ activeState }) => (activeState as Json).listener as Json)
    // The other listener is for Kubernetes's probes, on a separate port.
    .filter((listener) => JSON.stringify(listener).includes('"rds"'));
  const clusters = list(dumps, 'dynamicActiveClusters').map(({ cluster }) => cluster as Json);
  return {
    admin: { address: address('127.0.0.1', 0) },
    layeredRuntime: bootstrap.layeredRuntime,
    overloadManager: bootstrap.overloadManager,
    staticResources: {
      listeners: listeners.map((listener) => ({
        ...(plain(withRoutes(listener, routes)) as Json),
        address: address('127.0.0.1', options.port),
      })),
      clusters: clusters.map((cluster) => withEndpoints(plain(cluster) as Json, endpoints, options.backend)),
    },
  };
}

function list(dumps: readonly Json[], field: string): readonly Json[] {
  return dumps.flatMap((dump) => (dump[field] ?? []) as readonly Json[]);
}

function byName(messages: readonly Json[], field: string): ReadonlyMap<string, Json> {
  return new Map(messages.map((message) => [String(message[field]), message]));
}

/** Inserts the routes where a connection manager would request them by RDS. */
function withRoutes(value: unknown, routes: ReadonlyMap<string, Json>): unknown {
  if (Array.isArray(value)) return value.map((item) => withRoutes(item, routes));
  if (typeof value !== 'object' || value === null) return value;
  if ('path' in value && value.path === '/dev/stdout') return streamed({ ...value });
  const entries = Object.entries(value).map(([key, item]) => {
    if (key !== 'rds') return [key, withRoutes(item, routes)];
    const name = String((item as Json).routeConfigName);
    const found = routes.get(name);
    if (found === undefined) throw new Error(`the listener asks for the routes ${name}, which were not translated`);
    return ['routeConfig', plain(found)];
  });
  return Object.fromEntries(entries);
}

/** Replaces an access log in the file /dev/stdout, which cannot be opened if the output is a pipe of Node. */
function streamed({ path: _, ...log }: Json): Json {
  return { ...log, '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog' };
}

/** Removes a resource's own type, which it has only outside other messages. */
function plain(value: unknown): unknown {
  const { '@type': _, ...rest } = value as Json;
  return rest;
}

function withEndpoints(
  { edsClusterConfig, ...cluster }: Json,
  endpoints: ReadonlyMap<string, Json>,
  backend: string,
): Json {
  if (edsClusterConfig === undefined) return cluster;
  const name = String((edsClusterConfig as Json).serviceName ?? cluster.name);
  const assignment = endpoints.get(name);
  if (assignment === undefined) throw new Error(`the cluster ${name} has no endpoints`);
  return { ...cluster, type: 'STATIC', loadAssignment: atBackend(plain(assignment), backend) };
}

function atBackend(value: unknown, backend: string): unknown {
  if (Array.isArray(value)) return value.map((item) => atBackend(item, backend));
  if (typeof value !== 'object' || value === null) return value;
  const [host = '', port = ''] = backend.split(/:(?=\d+$)/);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'socketAddress' ? { address: host, portValue: Number(port) } : atBackend(item, backend),
    ]),
  );
}
