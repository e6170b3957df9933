import { METADATA_PREFIX } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import type { Filter } from './filters.ts';
import { dependsOnRequest } from './format-string.ts';
import { managerLevels } from './managers.ts';
import { perRouteConfig } from './routes.ts';

/**
 * Values of gRPC metadata are format strings. If one depends on the request, callers can choose the API, its policies or the settings
 * that the server assumes for Envoy. Tested: `%REQ(x-pick)%` arrives with the value of the caller's header.
 */
export function checkFormats(entries: readonly EnvoyNode[], reporter: Reporter): void {
  for (const entry of entries) {
    const key = entry.text('key')?.toLowerCase() ?? '';
    const value = entry.text('value');
    if (key === 'host' || key.startsWith(':')) {
      const message = `${key} cannot be gRPC metadata: with Envoy 1.37 requests bypass their policies, and with Envoy 1.40 every request fails; to set the authority, write \`authority: NAME\` next to \`cluster_name\``;
      reporter.error(entry.placeOf('key'), message);
      continue;
    }
    if (!key.startsWith(METADATA_PREFIX) || value === undefined || !dependsOnRequest(value)) continue;
    const message = `depends on the request, so callers choose the value of ${key}: write a constant value, or \`%METADATA(ROUTE:namespace:key)%\` for metadata of the route (a percent sign is written %%)`;
    reporter.error(entry.placeOf('value'), message);
  }
}

/** The gRPC metadata of a filter and of every place that overrides it. */
export function metadataEntries({ config, name, manager }: Filter): readonly EnvoyNode[] {
  const overrides = managerLevels(manager).flatMap((level) => perRouteConfig(level, name)?.get('overrides') ?? []);
  return [
    ...serviceMetadata(config),
    ...overrides.flatMap((override) => [...serviceMetadata(override), ...override.items('grpc_initial_metadata')]),
  ];
}

/** `holder` has a `grpc_service`. */
export function serviceMetadata(holder: EnvoyNode): readonly EnvoyNode[] {
  return holder.get('grpc_service')?.items('initial_metadata') ?? [];
}
