import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import { checkService } from './cluster-checks.ts';
import type { EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { type Filter, findDiscoveredFilters, findOtherProcessors } from './filters.ts';
import { checkFormats, serviceMetadata } from './format-checks.ts';
import type { Manager } from './managers.ts';

/**
 * External processors outside the filter chain of a listener: upstream filters of a router or a cluster, and those that a matcher
 * selects (ExtensionWithMatcher, composite). Checks what does not depend on routes and warns that the rest cannot be checked. Returns
 * whether there may be routes that only such a processor serves, or that are not in the text.
 */
export function checkElsewhere(
  configuration: EnvoyConfiguration,
  managers: readonly Manager[],
  filters: readonly Filter[],
  bodyBytes: number,
  reporter: Reporter,
): boolean {
  const others = findOtherProcessors(configuration, filters);
  const discovered = findDiscoveredFilters(managers);
  for (const config of others) tellOther(config, configuration, bodyBytes, reporter);
  for (const node of discovered) {
    reporter.warn(
      node.path,
      'may be an ext_proc with a configuration from another source (ECDS): it cannot be checked here',
    );
  }
  const { hasOtherListeners } = configuration;
  if (filters.length > 0 || others.length > 0 || discovered.length > 0) {
    return hasOtherListeners || others.length > 0 || discovered.length > 0;
  }
  if (hasOtherListeners) {
    const place = configuration.bootstrap?.placeOf('dynamic_resources') ?? [];
    reporter.warn(place, 'the listeners come from another source (LDS): they cannot be checked here');
    return true;
  }
  const message = `no listener has the HTTP filter ${EXT_PROC_FILTER}, so no policy ever runs: add it before the router`;
  reporter.error([], message);
  return true;
}

function tellOther(config: EnvoyNode, configuration: EnvoyConfiguration, bodyBytes: number, reporter: Reporter): void {
  const isUpstream =
    config.path.some((key) => key === 'upstream_http_filters' || key === 'upstreamHttpFilters') ||
    config.path.includes('typed_extension_protocol_options') ||
    config.path.includes('typedExtensionProtocolOptions');
  const where = isUpstream
    ? 'runs as an upstream filter, once for each attempt of the router, so a retry runs its functions again'
    : 'runs if a matcher or another filter selects it';
  reporter.warn(config.path, `${where}: its requests and its API cannot be checked here; put it into http_filters`);
  checkFormats(serviceMetadata(config), reporter);
  const service = config.get('grpc_service');
  if (service !== undefined) checkService(service, configuration, bodyBytes, reporter);
  if (!config.flag('failure_mode_allow')) return;
  const message =
    'requests bypass their policies whenever the server is unavailable or slow: write `failure_mode_allow: false`';
  reporter.warn(config.placeOf('failure_mode_allow'), message);
}
