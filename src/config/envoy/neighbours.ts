import type { EnvoyNode } from './envoy-node.ts';
import { filterKind, type HttpFilter, httpFilterOf } from './http-filters.ts';
import { runsOn } from './routes.ts';
import type { UsedRoute } from './used-routes.ts';

/** Another filter that runs on a route, nearer to the caller than ours or nearer to the backend. */
export interface Neighbour {
  readonly node: EnvoyNode;
  /** See filterKind. */
  readonly kind: string;
  readonly config: EnvoyNode;
}

export interface Neighbours {
  readonly before: readonly Neighbour[];
  /** Those of the chain and the upstream filters of router and cluster. */
  readonly after: readonly Neighbour[];
}

/** The HTTP settings of a cluster, including its upstream filters. */
export const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function neighboursOf({ filter, route }: UsedRoute, clusters: ReadonlyMap<string, EnvoyNode>): Neighbours {
  const { chain } = filter.manager;
  const running = (filters: readonly HttpFilter[]): readonly Neighbour[] => {
    return filters.filter((one) => runsOn(one, route.levels)).flatMap((one) => neighbourOf(one) ?? []);
  };
  const cluster = clusters.get(route.node.get('route')?.text('cluster') ?? '');
  return {
    before: running(chain.slice(0, filter.position)),
    after: running([...chain.slice(filter.position + 1), ...routerFilters(chain), ...clusterFilters(cluster)]),
  };
}

/** The upstream filters of the router that ends a chain. */
export function routerFilters(chain: readonly HttpFilter[]): readonly HttpFilter[] {
  return (chain.at(-1)?.config?.items('upstream_http_filters') ?? []).map((node) => httpFilterOf(node, new Map()));
}

/** The upstream filters of a cluster, which replace those of the router. */
export function clusterFilters(cluster: EnvoyNode | undefined): readonly HttpFilter[] {
  const options = cluster?.get('typed_extension_protocol_options')?.entry(HTTP_OPTIONS);
  return (options?.items('http_filters') ?? []).map((node) => httpFilterOf(node, new Map()));
}

/** Undefined for a filter whose configuration comes from elsewhere. */
export function neighbourOf({ node, config }: HttpFilter): Neighbour | undefined {
  const kind = filterKind(config);
  return config === undefined || kind === undefined ? undefined : { node, kind, config };
}
