import type { EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { type HttpFilter, httpFilterOf } from './http-filters.ts';

/** A connection manager: one chain of HTTP filters and the routes that go with it. */
export interface Manager {
  readonly node: EnvoyNode;
  readonly listener: EnvoyNode | undefined;
  /** The first one is nearest to the caller. */
  readonly chain: readonly HttpFilter[];
  /** One, or one for each scope (SRDS). */
  readonly routeConfigurations: readonly EnvoyNode[];
  /** Some of its routes come from elsewhere (RDS, SRDS, VHDS) and are not in the text. */
  readonly hasOtherRoutes: boolean;
}

const CONNECTION_MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** A message with filter chains, or with the default one alone, as Envoy Gateway writes listeners. */
export function isListener(node: EnvoyNode): boolean {
  return (node.get('filter_chains') ?? node.get('default_filter_chain')) !== undefined;
}

/** All connection managers of a configuration. */
export function findManagers(configuration: EnvoyConfiguration): readonly Manager[] {
  const managers: Manager[] = [];
  const visit = (node: EnvoyNode, listener: EnvoyNode | undefined): void => {
    const nearest = isListener(node) ? node : listener;
    if (node.is(CONNECTION_MANAGER)) managers.push(managerOf(node, nearest, configuration));
    for (const child of node.children()) visit(child, nearest);
  };
  for (const node of configuration.listeners) visit(node, undefined);
  return managers;
}

function managerOf(node: EnvoyNode, listener: EnvoyNode | undefined, configuration: EnvoyConfiguration): Manager {
  const found = routesOf(node, configuration);
  const routeConfigurations = found.filter((one) => one !== undefined);
  return {
    node,
    listener,
    chain: node.items('http_filters').map((filter) => httpFilterOf(filter, configuration.extensions)),
    routeConfigurations,
    hasOtherRoutes:
      routeConfigurations.length === 0 ||
      found.includes(undefined) ||
      routeConfigurations.some((routes) => routes.get('vhds') !== undefined),
  };
}

/** Undefined entries stand for route configurations that are not in the text. */
function routesOf(
  node: EnvoyNode,
  { routeConfigurations, scopes }: EnvoyConfiguration,
): readonly (EnvoyNode | undefined)[] {
  const own = node.get('route_config');
  if (own !== undefined) return [own];
  const scoped = node.get('scoped_routes');
  if (scoped === undefined) return [routeConfigurations.get(node.get('rds')?.text('route_config_name') ?? '')];
  const written = scoped.get('scoped_route_configurations_list')?.items('scoped_route_configurations') ?? [];
  const brought = scopes.get(scoped.text('name') ?? '') ?? scopes.get('') ?? [];
  return (written.length > 0 ? written : brought).map(
    (scope) =>
      scope.get('route_configuration') ?? routeConfigurations.get(scope.text('route_configuration_name') ?? ''),
  );
}

/** Every place that may hold `typed_per_filter_config`: the route configuration, its hosts, routes and weighted clusters. */
export function routeLevels(configuration: EnvoyNode): readonly EnvoyNode[] {
  const hosts = configuration.items('virtual_hosts');
  const routes = hosts.flatMap((host) => host.items('routes'));
  const clusters = routes.flatMap((route) => route.find('route', 'weighted_clusters')?.items('clusters') ?? []);
  return [configuration, ...hosts, ...routes, ...clusters];
}

/** The levels of all route configurations of a manager. */
export function managerLevels({ routeConfigurations }: Manager): readonly EnvoyNode[] {
  return routeConfigurations.flatMap(routeLevels);
}
