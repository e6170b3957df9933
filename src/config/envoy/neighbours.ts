import type { EnvoyNode } from './envoy-node.ts';
import { runsOn } from './routes.ts';
import type { UsedRoute } from './used-routes.ts';

/** Another filter that runs on a route, nearer to the caller than ours or nearer to the backend. */
export interface Neighbour {
  readonly node: EnvoyNode;
  /** `decompressor`, of `envoy.extensions.filters.http.decompressor.v3.Decompressor`. */
  readonly kind: string;
  readonly config: EnvoyNode;
}

export interface Neighbours {
  readonly before: readonly Neighbour[];
  /** Those of the chain and the upstream filters of router and cluster. */
  readonly after: readonly Neighbour[];
}

/** What a cluster says of HTTP, its upstream filters included. */
export const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function neighboursOf({ filter, route }: UsedRoute, clusters: ReadonlyMap<string, EnvoyNode>): Neighbours {
  const { chain } = filter.manager;
  const running = (nodes: readonly EnvoyNode[]): readonly Neighbour[] => {
    return nodes.filter((node) => runsOn(node, route.levels)).flatMap((node) => neighbourOf(node) ?? []);
  };
  const router = chain.at(-1)?.get('typed_config')?.items('upstream_http_filters') ?? [];
  const cluster = clusters.get(route.node.get('route')?.text('cluster') ?? '');
  const ofCluster = cluster?.get('typed_extension_protocol_options')?.entry(HTTP_OPTIONS)?.items('http_filters') ?? [];
  return {
    before: running(chain.slice(0, filter.position)),
    after: running([...chain.slice(filter.position + 1), ...router, ...ofCluster]),
  };
}

/** Undefined for a filter whose configuration comes from elsewhere. */
export function neighbourOf(node: EnvoyNode): Neighbour | undefined {
  const config = node.get('typed_config');
  const type = config?.entry('@type')?.data;
  const kind = typeof type === 'string' ? /envoy\.extensions\.filters\.http\.(\w+)\./.exec(type)?.[1] : undefined;
  return config === undefined || kind === undefined ? undefined : { node, kind, config };
}
