import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { perRouteConfig } from './routes.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

/** Reports metadata that policies read from `#request.metadata` and the filter does not forward: policies see null instead. */
export function checkMetadata(used: UsedRoute, reporter: Reporter): void {
  const reads = used.policies.needs.metadata;
  if (reads === undefined) return;
  const forwarded = forwardedOn(used);
  const missing = [...reads.namespaces].filter((name) => !forwarded.includes(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `#request.metadata['${name}']`).join(', ');
    const message = `${nameOf(used)} reads ${names}, which Envoy does not forward, so it is null: write \`forwarding_namespaces: {untyped: [${missing.join(', ')}]}\` in \`metadata_options\``;
    reporter.error(placeOf(used), message);
  } else if (reads.others && forwarded.length === 0) {
    const message = `${nameOf(used)} reads #request.metadata, which is empty: write \`forwarding_namespaces: {untyped: [NAMESPACE]}\` in \`metadata_options\``;
    reporter.error(placeOf(used), message);
  }
}

/** The last of the route's places that lists namespaces, otherwise the filter. */
function optionsOf({ filter, route }: UsedRoute): EnvoyNode | undefined {
  const overrides = route.levels.flatMap((level) => perRouteConfig(level, filter.name)?.get('overrides') ?? []);
  const own = overrides.findLast((override) => override.find('metadata_options', FORWARDING) !== undefined);
  return (own ?? filter.config).get('metadata_options');
}

const FORWARDING = 'forwarding_namespaces';

function forwardedOn(used: UsedRoute): readonly unknown[] {
  const names = optionsOf(used)?.find(FORWARDING, 'untyped')?.data;
  return Array.isArray(names) ? names : [];
}

function placeOf(used: UsedRoute) {
  return (optionsOf(used) ?? used.filter.config).placeOf(
    optionsOf(used) === undefined ? 'metadata_options' : FORWARDING,
  );
}
