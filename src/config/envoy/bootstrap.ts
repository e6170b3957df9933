import { EnvoyNode } from './envoy-node.ts';

const CLUSTER_TYPE = 'envoy.config.cluster.v3.Cluster';

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
