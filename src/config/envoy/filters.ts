import type { EnvoyNode } from './envoy-node.ts';
import { findManagers, type Manager } from './managers.ts';

/** An ext_proc filter in the HTTP filter chain of a connection manager. */
export interface Filter {
  /** The entry of `http_filters`. */
  readonly node: EnvoyNode;
  readonly name: string;
  /** The filter's ExternalProcessor message. */
  readonly config: EnvoyNode;
  readonly disabled: boolean;
  readonly manager: Manager;
  /** Where it stands in the manager's chain. */
  readonly position: number;
}

export const EXTERNAL_PROCESSOR = 'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';

/** All ext_proc filters of a configuration that stand in the chain of a listener. */
export function findFilters(root: EnvoyNode): readonly Filter[] {
  return findManagers(root).flatMap((manager) => {
    return manager.chain.flatMap((node, position) => {
      const config = node.get('typed_config');
      if (config === undefined || !config.is(EXTERNAL_PROCESSOR)) return [];
      const name = node.text('name') ?? '';
      return [{ node, name, config, disabled: node.flag('disabled'), manager, position }];
    });
  });
}

/** The same message in any other place: upstream filters, an ExtensionWithMatcher, a composite filter. */
export function findOtherProcessors(root: EnvoyNode, filters: readonly Filter[]): readonly EnvoyNode[] {
  const known = new Set(filters.map(({ config }) => config.data));
  const found: EnvoyNode[] = [];
  const visit = (node: EnvoyNode): void => {
    if (node.is(EXTERNAL_PROCESSOR) && !known.has(node.data)) found.push(node);
    for (const child of node.children()) visit(child);
  };
  visit(root);
  return found;
}

/** Filters whose configuration Envoy fetches from elsewhere, and which may be an ext_proc. */
export function findDiscoveredFilters(root: EnvoyNode): readonly EnvoyNode[] {
  return findManagers(root)
    .flatMap(({ chain }) => chain)
    .filter((node) => {
      const types = node.get('config_discovery')?.get('type_urls')?.data;
      return Array.isArray(types) && types.some((type) => String(type).endsWith(EXTERNAL_PROCESSOR));
    });
}
