import { byName, type EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';

/** A bootstrap, or resources of a file as `path_config_source` reads it. */
export function readFile(root: EnvoyNode): EnvoyConfiguration {
  const own = root.get('static_resources');
  const ofType = (type: string): readonly EnvoyNode[] => root.items('resources').filter((node) => node.is(type));
  const clusters = byName([...(own?.items('clusters') ?? []), ...ofType('envoy.config.cluster.v3.Cluster')]);
  return {
    bootstrap: isBootstrap(root) ? root : undefined,
    listeners: [root],
    hasOtherListeners: root.find('dynamic_resources', 'lds_config') !== undefined,
    routeConfigurations: byName(ofType('envoy.config.route.v3.RouteConfiguration')),
    scopes: new Map([['', ofType('envoy.config.route.v3.ScopedRouteConfiguration')]]),
    extensions: byName(ofType('envoy.config.core.v3.TypedExtensionConfig')),
    clusters,
    hasOtherClusters: root.find('dynamic_resources', 'cds_config') !== undefined || clusters.size === 0,
    notes: [],
  };
}

function isBootstrap(root: EnvoyNode): boolean {
  return root.get('resources') === undefined || root.get('layered_runtime') !== undefined;
}
