import type { EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';
import type { HttpFilter } from './http-filters.ts';
import type { Manager } from './managers.ts';

/** An ext_proc filter in the HTTP filter chain of a connection manager. */
export interface Filter extends HttpFilter {
  /** The filter's ExternalProcessor message. */
  readonly config: EnvoyNode;
  readonly manager: Manager;
  /** Index in the manager's chain. */
  readonly position: number;
}

export const EXTERNAL_PROCESSOR = 'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';

/** All ext_proc filters in the listeners' filter chains of a configuration. */
export function findFilters(managers: readonly Manager[]): readonly Filter[] {
  return managers.flatMap((manager) => {
    return manager.chain.flatMap((filter, position) => {
      const { config } = filter;
      return config?.is(EXTERNAL_PROCESSOR) ? [{ ...filter, config, manager, position }] : [];
    });
  });
}

/** The same message in any other place: upstream filters, an ExtensionWithMatcher, a composite filter. */
export function findOtherProcessors(
  { listeners, clusters }: EnvoyConfiguration,
  filters: readonly Filter[],
): readonly EnvoyNode[] {
  const known = new Set(filters.map(({ config }) => config.data));
  const found: EnvoyNode[] = [];
  const visit = (node: EnvoyNode): void => {
    if (node.is(EXTERNAL_PROCESSOR) && !known.has(node.data)) {
      known.add(node.data);
      found.push(node);
    }
    for (const child of node.children()) if (!isPerRoute(child)) visit(child);
  };
  for (const node of [...listeners, ...clusters.values()]) visit(node);
  return found;
}

/** Settings of a route for filters of the chain, which checkFilterNames checks. */
function isPerRoute({ path }: EnvoyNode): boolean {
  const name = path.at(-1);
  return name === 'typed_per_filter_config' || name === 'typedPerFilterConfig';
}

/** Filters whose configuration is not in the text (ECDS), and which may be an ext_proc. */
export function findDiscoveredFilters(managers: readonly Manager[]): readonly EnvoyNode[] {
  return managers
    .flatMap(({ chain }) => chain)
    .filter(({ node, config }) => {
      const types = node.get('config_discovery')?.get('type_urls')?.data;
      return (
        config === undefined && Array.isArray(types) && types.some((type) => String(type).endsWith(EXTERNAL_PROCESSOR))
      );
    })
    .map(({ node }) => node);
}

/** The request attributes that the filter requests from Envoy. */
export function sentAttributes({ config }: Filter): readonly string[] {
  const attributes = config.get('request_attributes')?.data;
  return Array.isArray(attributes) ? attributes.filter((one) => typeof one === 'string') : [];
}

export function isSent(filter: Filter, attribute: string): boolean {
  return sentAttributes(filter).includes(attribute);
}
