import { byName, type EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { isListener } from './managers.ts';

/** A bootstrap and the files of resources that belong to it, as `path_config_source` reads them; or such files alone. */
export function readFiles(roots: readonly EnvoyNode[]): EnvoyConfiguration {
  const bootstrap = roots.find(isBootstrap);
  const resources = roots.flatMap((root) => root.items('resources'));
  const ofType = (type: string): readonly EnvoyNode[] => resources.filter((node) => node.is(type));
  const own = roots.flatMap((root) => root.get('static_resources')?.items('clusters') ?? []);
  const brought = ofType('envoy.config.cluster.v3.Cluster');
  const clusters = byName([...own, ...brought]);
  const hasListeners = resources.some((node) => isListener(node));
  const isElsewhere = (source: string): boolean => bootstrap?.find('dynamic_resources', source) !== undefined;
  return {
    bootstrap,
    listeners: roots,
    hasOtherListeners: !hasListeners && (bootstrap === undefined || isElsewhere('lds_config')),
    routeConfigurations: byName(ofType('envoy.config.route.v3.RouteConfiguration')),
    scopes: new Map([['', ofType('envoy.config.route.v3.ScopedRouteConfiguration')]]),
    extensions: byName(ofType('envoy.config.core.v3.TypedExtensionConfig')),
    clusters,
    assignments: byName(ofType('envoy.config.endpoint.v3.ClusterLoadAssignment'), 'cluster_name'),
    hasOtherClusters: (brought.length === 0 && isElsewhere('cds_config')) || clusters.size === 0,
    notes: [],
  };
}

/** A file with `resources` is a bootstrap only if it also has what only a bootstrap has. */
export function isBootstrap(root: EnvoyNode): boolean {
  return root.get('resources') === undefined || root.get('layered_runtime') !== undefined;
}
