import { EnvoyNode } from './envoy-node.ts';

/** An ext_proc filter in the HTTP filter chain of a connection manager. */
export interface Filter {
  /** The entry of `http_filters`. */
  readonly node: EnvoyNode;
  readonly name: string;
  /** The filter's ExternalProcessor message. */
  readonly config: EnvoyNode;
  readonly disabled: boolean;
  readonly listener: EnvoyNode | undefined;
  /** Undefined where routes come from elsewhere (RDS). */
  readonly routeConfiguration: EnvoyNode | undefined;
}

const CONNECTION_MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const EXTERNAL_PROCESSOR = 'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';
const ROUTE_CONFIGURATION_TYPE = 'envoy.config.route.v3.RouteConfiguration';
const CLUSTER_TYPE = 'envoy.config.cluster.v3.Cluster';

/** All ext_proc filters of a configuration, wherever its listeners stand: bootstrap or resources of a file. */
export function findFilters(root: EnvoyNode): readonly Filter[] {
  const filters: Filter[] = [];
  const named = namedRouteConfigurations(root);
  const visit = (node: EnvoyNode, listener: EnvoyNode | undefined): void => {
    const nearest = node.get('filter_chains') === undefined ? listener : node;
    if (node.is(CONNECTION_MANAGER)) filters.push(...filtersOf(node, nearest, named));
    for (const child of node.children()) visit(child, nearest);
  };
  visit(root, undefined);
  return filters;
}

function filtersOf(
  manager: EnvoyNode,
  listener: EnvoyNode | undefined,
  named: ReadonlyMap<string, EnvoyNode>,
): readonly Filter[] {
  const rds = manager.get('rds')?.text('route_config_name');
  const routeConfiguration = manager.get('route_config') ?? (rds === undefined ? undefined : named.get(rds));
  return manager.items('http_filters').flatMap((node) => {
    const config = node.get('typed_config');
    if (config === undefined || !config.is(EXTERNAL_PROCESSOR)) return [];
    const name = node.text('name') ?? '';
    return [{ node, name, config, disabled: node.flag('disabled'), listener, routeConfiguration }];
  });
}

function namedRouteConfigurations(root: EnvoyNode): ReadonlyMap<string, EnvoyNode> {
  const found = new Map<string, EnvoyNode>();
  for (const resource of root.items('resources')) {
    const name = resource.text('name');
    if (resource.is(ROUTE_CONFIGURATION_TYPE) && name !== undefined) found.set(name, resource);
  }
  return found;
}

export function findClusters(root: EnvoyNode): ReadonlyMap<string, EnvoyNode> {
  const resources = root.items('resources').filter((resource) => resource.is(CLUSTER_TYPE));
  const clusters = [...(root.get('static_resources')?.items('clusters') ?? []), ...resources];
  return new Map(clusters.map((cluster) => [cluster.text('name') ?? '', cluster]));
}

/** Whether a runtime flag is set in a static layer, written flat or nested. */
export function runtimeFlag(root: EnvoyNode, name: string): boolean {
  const layers = root.get('layered_runtime')?.items('layers') ?? [];
  return layers.some((layer) => {
    const values = layer.get('static_layer');
    return values !== undefined && isTrue(lookUp(values.data, name.split('.')));
  });
}

function lookUp(data: unknown, parts: readonly string[]): unknown {
  if (parts.length === 0) return data;
  for (let count = parts.length; count > 0; count--) {
    const child = new EnvoyNode(data).entry(parts.slice(0, count).join('.'));
    if (child !== undefined) return lookUp(child.data, parts.slice(count));
  }
  return undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
