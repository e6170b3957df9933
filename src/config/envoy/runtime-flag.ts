import { EnvoyNode } from './envoy-node.ts';

/** Whether a runtime flag is set in a static layer, written flat or nested. */
export function runtimeFlag(bootstrap: EnvoyNode, name: string): boolean {
  const layers = bootstrap.get('layered_runtime')?.items('layers') ?? [];
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
