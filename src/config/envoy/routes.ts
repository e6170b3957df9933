import type { EnvoyNode } from './envoy-node.ts';
import type { Filter } from './filters.ts';
import { parseFormat, routeMetadataPath } from './format-string.ts';
import type { HttpFilter } from './http-filters.ts';
import { managerLevels } from './managers.ts';

/** One piece of gRPC metadata that Envoy sends for a route. */
export interface RouteMetadata {
  /** Undefined: it cannot be determined here, for example with formatters that depend on the request. */
  readonly text: string | undefined;
  /** The place of the value: a string, or an object that Envoy writes as JSON. */
  readonly value: EnvoyNode;
}

/** A route as one ext_proc filter sees it, with the settings of its virtual host and route configuration. */
export interface Route {
  readonly node: EnvoyNode;
  readonly host: EnvoyNode;
  /** The route configuration that contains the virtual host. */
  readonly configuration: EnvoyNode;
  /** The objects that may have `typed_per_filter_config` for it, more specific ones later. */
  readonly levels: readonly EnvoyNode[];
  readonly name: string | undefined;
  /** By key; an empty text counts as absent, as the server takes it. */
  readonly metadata: ReadonlyMap<string, RouteMetadata>;
  readonly processingMode: EnvoyNode | undefined;
  /** Replaces the filter's own `grpc_service`. */
  readonly grpcService: EnvoyNode | undefined;
  /** The setting that lets requests of the route continue when the server fails; undefined: they fail too. */
  readonly failureModeAllow: EnvoyNode | undefined;
}

export const FILTER_CONFIG_TYPE = 'envoy.config.route.v3.FilterConfig';

/** The routes on which the filter runs. */
export function routesOf(filter: Filter): readonly Route[] {
  return filter.manager.routeConfigurations.flatMap((configuration) =>
    configuration.items('virtual_hosts').flatMap((host) =>
      host.items('routes').flatMap((route) => {
        const weighted = route.find('route', 'weighted_clusters')?.items('clusters') ?? [];
        const variants = weighted.filter((cluster) => perFilter(cluster, filter.name) !== undefined);
        const place = { node: route, host, configuration };
        const levels = [configuration, host, route];
        const chains = variants.length === 0 ? [levels] : variants.map((variant) => [...levels, variant]);
        return chains.flatMap((chain) => effectiveRoute(filter, place, chain) ?? []);
      }),
    ),
  );
}

/** Whether any route, virtual host or route configuration has settings for this filter. */
export function isNamedByRoutes({ name, manager }: Filter): boolean {
  return managerLevels(manager).some((level) => perFilter(level, name) !== undefined);
}

function perFilter(level: EnvoyNode, name: string): EnvoyNode | undefined {
  return level.get('typed_per_filter_config')?.entry(name);
}

/** The settings of one level for a filter, unwrapped if they are inside a FilterConfig. */
export function perRouteConfig(level: EnvoyNode, name: string): EnvoyNode | undefined {
  const entry = perFilter(level, name);
  return entry?.is(FILTER_CONFIG_TYPE) ? entry.get('config') : entry;
}

/** Whether a filter of the chain runs on a route: the last level with settings for it decides, otherwise its own entry. */
export function runsOn({ name, disabled }: HttpFilter, levels: readonly EnvoyNode[]): boolean {
  let enabled = !disabled;
  for (const level of levels) {
    const entry = perFilter(level, name);
    if (entry === undefined) continue;
    const wrapped = entry.is(FILTER_CONFIG_TYPE);
    enabled = !(wrapped && entry.flag('disabled')) && !perRouteConfig(level, name)?.flag('disabled');
  }
  return enabled;
}

function effectiveRoute(
  filter: Filter,
  place: Pick<Route, 'node' | 'host' | 'configuration'>,
  levels: readonly EnvoyNode[],
): Route | undefined {
  if (!runsOn(filter, levels)) return undefined;
  const route = place.node;
  const overrides = levels.flatMap((level) => perRouteConfig(level, filter.name)?.get('overrides') ?? []);
  const last = (name: string): EnvoyNode | undefined => {
    return overrides.findLast((override) => override.get(name) !== undefined)?.get(name);
  };
  const grpcService = last('grpc_service');
  const failureMode = last('failure_mode_allow') ?? filter.config.get('failure_mode_allow');
  const service = grpcService ?? filter.config.get('grpc_service');
  const entries = [
    ...(service?.items('initial_metadata') ?? []),
    ...overrides.flatMap((override) => override.items('grpc_initial_metadata')),
  ];
  return {
    ...place,
    levels,
    name: route.text('name') || undefined,
    metadata: metadataOf(entries, route),
    processingMode: last('processing_mode') ?? filter.config.get('processing_mode'),
    grpcService,
    failureModeAllow: failureMode?.data === true ? failureMode : undefined,
  };
}

function metadataOf(entries: readonly EnvoyNode[], route: EnvoyNode): ReadonlyMap<string, RouteMetadata> {
  const metadata = new Map<string, RouteMetadata>();
  for (const entry of entries) {
    const key = entry.text('key')?.toLowerCase();
    const value = entry.get('value') ?? entry.get('raw_value');
    if (key === undefined || value === undefined) continue;
    const resolved = resolve(value, route);
    // To the server an empty value is absent: a formatter returns it if the route has no such metadata.
    if (resolved === undefined || resolved.text === '') metadata.delete(key);
    else metadata.set(key, resolved);
  }
  return metadata;
}

/** The result of Envoy's formatter for a value on this route; undefined if there is none. */
function resolve(value: EnvoyNode, route: EnvoyNode): RouteMetadata | undefined {
  if (typeof value.data !== 'string') return { text: undefined, value };
  const parts = parseFormat(value.data);
  const [first] = parts;
  const path = parts.length === 1 && first !== undefined ? routeMetadataPath(first) : undefined;
  if (path !== undefined && first?.kind === 'command' && first.whole) {
    const filterMetadata = route.find('metadata', 'filter_metadata');
    const found = path.reduce<EnvoyNode | undefined>((node, key) => node?.entry(key), filterMetadata);
    if (found === undefined) return undefined;
    return { text: typeof found.data === 'string' ? found.data : JSON.stringify(found.data), value: found };
  }
  const texts = parts.map((part) => (part.kind === 'text' ? part.text : undefined));
  return { text: texts.includes(undefined) ? undefined : texts.join(''), value };
}
