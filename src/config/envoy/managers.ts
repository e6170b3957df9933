import type { EnvoyNode } from './envoy-node.ts';

/** A connection manager: one chain of HTTP filters and the routes that go with it. */
export interface Manager {
  readonly node: EnvoyNode;
  readonly listener: EnvoyNode | undefined;
  /** The entries of `http_filters`, the first one nearest to the caller. */
  readonly chain: readonly EnvoyNode[];
  /** Undefined where routes come from elsewhere (RDS). */
  readonly routeConfiguration: EnvoyNode | undefined;
  /** The routes stand in the manager itself, so that no other one uses them. */
  readonly ownsRoutes: boolean;
}

const CONNECTION_MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTE_CONFIGURATION = 'envoy.config.route.v3.RouteConfiguration';

/** All connection managers of a configuration, wherever its listeners stand: bootstrap or resources of a file. */
export function findManagers(root: EnvoyNode): readonly Manager[] {
  const managers: Manager[] = [];
  const named = namedRouteConfigurations(root);
  const visit = (node: EnvoyNode, listener: EnvoyNode | undefined): void => {
    const nearest = node.get('filter_chains') === undefined ? listener : node;
    if (node.is(CONNECTION_MANAGER)) managers.push(managerOf(node, nearest, named));
    for (const child of node.children()) visit(child, nearest);
  };
  visit(root, undefined);
  return managers;
}

function managerOf(node: EnvoyNode, listener: EnvoyNode | undefined, named: ReadonlyMap<string, EnvoyNode>): Manager {
  const own = node.get('route_config');
  const rds = node.get('rds')?.text('route_config_name');
  return {
    node,
    listener,
    chain: node.items('http_filters'),
    routeConfiguration: own ?? (rds === undefined ? undefined : named.get(rds)),
    ownsRoutes: own !== undefined,
  };
}

function namedRouteConfigurations(root: EnvoyNode): ReadonlyMap<string, EnvoyNode> {
  const found = new Map<string, EnvoyNode>();
  for (const resource of root.items('resources')) {
    const name = resource.text('name');
    if (resource.is(ROUTE_CONFIGURATION) && name !== undefined) found.set(name, resource);
  }
  return found;
}

/** Every place that may hold `typed_per_filter_config`: the route configuration, its hosts, routes and weighted clusters. */
export function routeLevels(configuration: EnvoyNode): readonly EnvoyNode[] {
  const hosts = configuration.items('virtual_hosts');
  const routes = hosts.flatMap((host) => host.items('routes'));
  const clusters = routes.flatMap((route) => route.find('route', 'weighted_clusters')?.items('clusters') ?? []);
  return [configuration, ...hosts, ...routes, ...clusters];
}
