import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import { type ClusterIndex, checkService } from './cluster-checks.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { type Filter, findDiscoveredFilters, findOtherProcessors } from './filters.ts';
import { checkFormats, serviceMetadata } from './format-checks.ts';

/**
 * External processors in other places than the chain of a listener: upstream filters of a router or a cluster, and those
 * that a matcher picks (ExtensionWithMatcher, composite). What does not depend on routes is checked, the rest is told.
 */
export function checkElsewhere(
  root: EnvoyNode,
  filters: readonly Filter[],
  clusters: ClusterIndex,
  bodyBytes: number,
  reporter: Reporter,
): void {
  const others = findOtherProcessors(root, filters);
  const discovered = findDiscoveredFilters(root);
  for (const config of others) {
    const isUpstream =
      config.path.some((key) => key === 'upstream_http_filters' || key === 'upstreamHttpFilters') ||
      config.path.includes('typed_extension_protocol_options') ||
      config.path.includes('typedExtensionProtocolOptions');
    const where = isUpstream
      ? 'runs as an upstream filter, once for each try of the router, so that a retry runs its functions again'
      : 'runs where a matcher or another filter picks it';
    reporter.warn(
      config.path,
      `${where}: for which requests and which API cannot be checked here; put it into http_filters`,
    );
    checkFormats(serviceMetadata(config), reporter);
    const service = config.get('grpc_service');
    if (service !== undefined) checkService(service, clusters, bodyBytes, reporter);
    if (!config.flag('failure_mode_allow')) continue;
    const message =
      'requests pass without their policies whenever the server is away or slow: write `failure_mode_allow: false`';
    reporter.warn(config.placeOf('failure_mode_allow'), message);
  }
  for (const node of discovered) {
    reporter.warn(
      node.path,
      'may be an ext_proc whose configuration comes from elsewhere (ECDS): it cannot be checked here',
    );
  }
  if (filters.length > 0 || others.length > 0 || discovered.length > 0) return;
  if (root.find('dynamic_resources', 'lds_config') !== undefined) {
    reporter.warn(['dynamic_resources'], 'the listeners come from elsewhere (LDS): none of them can be checked here');
    return;
  }
  const message = `no listener has the HTTP filter ${EXT_PROC_FILTER}, so that no policy ever runs: add it before the router`;
  reporter.error([], message);
}
