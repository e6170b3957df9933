import { METADATA_NAMESPACE, REQUEST_DONE } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { type Neighbour, neighbourOf, neighboursOf } from './neighbours.ts';
import { FILTER_CONFIG_TYPE, perRouteConfig, runsOn } from './routes.ts';
import { guards, nameOf, type UsedRoute } from './used-routes.ts';

/**
 * The second line of defence, inside Envoy: an RBAC filter after ext_proc that lets on only requests whose metadata say
 * that the server is done with them. It holds where Envoy continues without the policies and the server does not see it.
 */
export function checkSecondLine(used: UsedRoute, receives: boolean, reporter: Reporter): void {
  const { filter, policies } = used;
  const lines = neighboursOf(used, new Map()).after.filter((neighbour) => isSecondLine(neighbour, used));
  const place = filter.config.placeOf('metadata_options');
  if (lines.length > 0) {
    if (!receives) {
      const message = `the RBAC filter after it refuses every request of ${nameOf(used)}: write \`metadata_options: {receiving_namespaces: {untyped: [${METADATA_NAMESPACE}]}}\``;
      reporter.error(place, message);
    }
    if (filter.config.flag('observability_mode')) {
      const message = `Envoy ignores the metadata of the server, and the RBAC filter after it refuses every request of ${nameOf(used)}: disable that filter here`;
      reporter.error(filter.config.placeOf('observability_mode'), message);
    }
    return;
  }
  if (!guards(policies)) return;
  const off = filterThatIsOff(used);
  if (off !== undefined) {
    const entry = `${off}: {"@type": type.googleapis.com/${FILTER_CONFIG_TYPE}, config: {}}`;
    const message = `nothing stops a request of ${nameOf(used)} that Envoy forwards without its policies, because the filter ${off} is disabled here: add \`${entry}\` to \`typed_per_filter_config\``;
    reporter.warn(used.route.node.path, message);
    return;
  }
  const message = `nothing stops a request of ${nameOf(used)} that Envoy forwards without its policies: add the RBAC filter of envoy/envoy.yaml after ext_proc, which requires \`${REQUEST_DONE.key}: ${REQUEST_DONE.value}\` in the metadata ${METADATA_NAMESPACE}, and enable it for this route`;
  reporter.warn(filter.node.path, message);
}

/** The name of a second line in the chain that does not run on this route. */
function filterThatIsOff({ filter, route }: UsedRoute): string | undefined {
  return filter.manager.chain.slice(filter.position + 1).find((one) => {
    const rules = neighbourOf(one)?.kind === 'rbac' ? one.config?.get('rules') : undefined;
    return rules !== undefined && asksForDone(rules) && !runsOn(one, route.levels);
  })?.name;
}

function isSecondLine({ kind, config, node }: Neighbour, { route }: UsedRoute): boolean {
  if (kind !== 'rbac') return false;
  // RBACPerRoute replaces the rules on a route, or switches them off where it has none.
  const overrides = route.levels.flatMap((level) => perRouteConfig(level, node.text('name') ?? '') ?? []);
  const last = overrides.findLast((override) => override.is('envoy.extensions.filters.http.rbac.v3.RBACPerRoute'));
  const rules = last === undefined ? config.get('rules') : last.find('rbac', 'rules');
  return rules !== undefined && asksForDone(rules);
}

/** Whether rules look at our metadata; which of their policies does, and what else it allows, is the operator's. */
function asksForDone(node: EnvoyNode): boolean {
  const isMatcher = node.text('filter') === METADATA_NAMESPACE;
  const path = node.items('path').map((segment) => segment.text('key'));
  if (isMatcher && path.length === 1 && path[0] === REQUEST_DONE.key) {
    return node.find('value', 'string_match')?.text('exact') === REQUEST_DONE.value;
  }
  return node.children().some(asksForDone);
}
