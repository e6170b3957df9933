import type { EnvoyNode } from './envoy-node.ts';
import type { Filter } from './filters.ts';

/** One piece of gRPC metadata that Envoy sends for a route. */
export interface RouteMetadata {
  /** Undefined: it depends on the request, as with most formatters. */
  readonly text: string | undefined;
  /** Where the value stands: a string, or an object that Envoy writes as JSON. */
  readonly value: EnvoyNode;
}

/** A route as one ext_proc filter sees it, with what its virtual host and route configuration say. */
export interface Route {
  readonly node: EnvoyNode;
  readonly name: string | undefined;
  /** By key; an empty text counts as absent, as the server takes it. */
  readonly metadata: ReadonlyMap<string, RouteMetadata>;
  readonly processingMode: EnvoyNode | undefined;
  /** What replaces the filter's own `grpc_service`. */
  readonly grpcService: EnvoyNode | undefined;
  readonly failureModeAllow: boolean;
}

const FILTER_CONFIG_TYPE = 'envoy.config.route.v3.FilterConfig';

/** The routes on which the filter runs. */
export function routesOf(filter: Filter): readonly Route[] {
  const configuration = filter.routeConfiguration;
  if (configuration === undefined) return [];
  return configuration.items('virtual_hosts').flatMap((host) =>
    host.items('routes').flatMap((route) => {
      const weighted = route.find('route', 'weighted_clusters')?.items('clusters') ?? [];
      const variants = weighted.filter((cluster) => perFilter(cluster, filter.name) !== undefined);
      const levels = [configuration, host, route];
      const chains = variants.length === 0 ? [levels] : variants.map((variant) => [...levels, variant]);
      return chains.flatMap((chain) => effectiveRoute(filter, route, chain) ?? []);
    }),
  );
}

/** Whether any route, virtual host or route configuration says something for this filter. */
export function isNamedByRoutes(filter: Filter): boolean {
  const configuration = filter.routeConfiguration;
  if (configuration === undefined) return false;
  const hosts = configuration.items('virtual_hosts');
  const levels = [configuration, ...hosts, ...hosts.flatMap((host) => host.items('routes'))];
  return levels.some((level) => perFilter(level, filter.name) !== undefined);
}

function perFilter(level: EnvoyNode, name: string): EnvoyNode | undefined {
  return level.get('typed_per_filter_config')?.entry(name);
}

function effectiveRoute(filter: Filter, route: EnvoyNode, levels: readonly EnvoyNode[]): Route | undefined {
  let enabled = !filter.disabled;
  const overrides: EnvoyNode[] = [];
  for (const level of levels) {
    const entry = perFilter(level, filter.name);
    if (entry === undefined) continue;
    const wrapped = entry.is(FILTER_CONFIG_TYPE);
    const config = wrapped ? entry.get('config') : entry;
    enabled = !(wrapped && entry.flag('disabled')) && !config?.flag('disabled');
    const override = config?.get('overrides');
    if (override !== undefined) overrides.push(override);
  }
  if (!enabled) return undefined;
  const last = (name: string): EnvoyNode | undefined => {
    return overrides.findLast((override) => override.get(name) !== undefined)?.get(name);
  };
  const grpcService = last('grpc_service');
  const service = grpcService ?? filter.config.get('grpc_service');
  const entries = [
    ...(service?.items('initial_metadata') ?? []),
    ...overrides.flatMap((override) => override.items('grpc_initial_metadata')),
  ];
  return {
    node: route,
    name: route.text('name') || undefined,
    metadata: metadataOf(entries, route),
    processingMode: last('processing_mode') ?? filter.config.get('processing_mode'),
    grpcService,
    failureModeAllow: last('failure_mode_allow')?.data === true || filter.config.flag('failure_mode_allow'),
  };
}

function metadataOf(entries: readonly EnvoyNode[], route: EnvoyNode): ReadonlyMap<string, RouteMetadata> {
  const metadata = new Map<string, RouteMetadata>();
  for (const entry of entries) {
    const key = entry.text('key')?.toLowerCase();
    const value = entry.get('value') ?? entry.get('raw_value');
    if (key === undefined || value === undefined) continue;
    const resolved = resolve(value, route);
    // The server takes an empty value as none: a formatter gives it where the route has no such metadata.
    if (resolved === undefined || resolved.text === '') metadata.delete(key);
    else metadata.set(key, resolved);
  }
  return metadata;
}

/** What Envoy's formatter makes of a value on this route; undefined where it gives nothing. */
function resolve(value: EnvoyNode, route: EnvoyNode): RouteMetadata | undefined {
  if (typeof value.data !== 'string') return { text: undefined, value };
  const format = value.data;
  const reference = /^%METADATA\(ROUTE:([^)%]+)\)%$/.exec(format)?.[1];
  if (reference !== undefined) {
    const filterMetadata = route.find('metadata', 'filter_metadata');
    const found = reference.split(':').reduce<EnvoyNode | undefined>((node, key) => node?.entry(key), filterMetadata);
    if (found === undefined) return undefined;
    return { text: typeof found.data === 'string' ? found.data : JSON.stringify(found.data), value: found };
  }
  // A percent sign is written twice; a single one begins a formatter, whose value only a request can tell.
  if (format.replaceAll('%%', '').includes('%')) return { text: undefined, value };
  return { text: format.replaceAll('%%', '%'), value };
}
