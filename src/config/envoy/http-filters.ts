import type { EnvoyNode } from './envoy-node.ts';

/** An entry of a chain of HTTP filters. */
export interface HttpFilter {
  readonly node: EnvoyNode;
  readonly name: string;
  /** The filter's own message, which may come from ECDS; undefined: it is not in the configuration. */
  readonly config: EnvoyNode | undefined;
  readonly disabled: boolean;
}

/** `extensions`: from ECDS, by name. */
export function httpFilterOf(node: EnvoyNode, extensions: ReadonlyMap<string, EnvoyNode>): HttpFilter {
  const name = node.text('name') ?? '';
  const discovery = node.get('config_discovery');
  const discovered = discovery && (extensions.get(name)?.get('typed_config') ?? discovery.get('default_config'));
  return { node, name, config: node.get('typed_config') ?? discovered, disabled: node.flag('disabled') };
}

/** `decompressor`, of `envoy.extensions.filters.http.decompressor.v3.Decompressor`; undefined if it is not of an HTTP filter. */
export function filterKind(config: EnvoyNode | undefined): string | undefined {
  const type = config?.entry('@type')?.data;
  return typeof type === 'string' ? /envoy\.extensions\.filters\.http\.(\w+)\./.exec(type)?.[1] : undefined;
}
