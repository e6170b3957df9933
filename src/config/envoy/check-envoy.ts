import { METADATA_NAMESPACE, METADATA_PREFIX } from '../../envoy-names.ts';
import { Reporter } from '../compile/reporter.ts';
import { singleProblem } from '../inline-policies.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import type { Problem } from '../problem.ts';
import { parseSource, type Source, SourceError } from '../source/index.ts';
import { checkAnswers, checkFailureMode } from './answer-checks.ts';
import { checkBufferLimit, checkModes } from './body-checks.ts';
import { findClusters, runtimeFlag } from './bootstrap.ts';
import { type ClusterIndex, checkService } from './cluster-checks.ts';
import { checkElsewhere } from './elsewhere-checks.ts';
import { EnvoyNode } from './envoy-node.ts';
import { checkFilterNames } from './filter-name-checks.ts';
import { type Filter, findFilters } from './filters.ts';
import { checkFormats, metadataEntries } from './format-checks.ts';
import { checkBuffers, checkHardening, checkOverload } from './hardening-checks.ts';
import { checkForwardedHeaders } from './header-checks.ts';
import { findManagers } from './managers.ts';
import { checkMutations } from './mutation-checks.ts';
import { checkOrder, checkRerouting } from './order-checks.ts';
import { checkRouteCache } from './route-cache-checks.ts';
import { type EnvoyCheck, selectForRoute } from './route-selection.ts';
import { isNamedByRoutes, routesOf } from './routes.ts';
import { checkSecondLine } from './second-line-checks.ts';
import { checkSender } from './sender-checks.ts';
import { checkTimeouts } from './timeout-checks.ts';
import { checkTold } from './told-checks.ts';
import type { UsedRoute } from './used-routes.ts';

const GRACEFUL_CLOSE = 'envoy.reloadable_features.ext_proc_graceful_grpc_close';

/**
 * What an Envoy configuration says that makes policies fail, or fail silently. Sources of the rules: what was measured
 * with Envoy 1.36 to 1.40. Throws PolicyDocumentError for a text that does not parse.
 */
export function checkEnvoy(text: string, fileName: string, policies: LoadedPolicies): readonly Problem[] {
  const source = parse(text, fileName);
  const root = new EnvoyNode(source.data);
  const reporter = new Reporter(fileName, source);
  const check: EnvoyCheck = { fileName, source, policies, reporter, inlineProblems: [] };
  const byName = findClusters(root);
  const hasOthers = root.find('dynamic_resources', 'cds_config') !== undefined || byName.size === 0;
  const clusters: ClusterIndex = { byName, hasOthers };
  const all = findFilters(root);
  checkElsewhere(root, all, clusters, policies.set.limits.bodyBytes, reporter);
  checkFilterNames(findManagers(root), reporter);
  const filters = ownFilters(all);
  const used = filters.flatMap((filter) => checkFilter(filter, root, clusters, check));
  for (const { manager } of new Set(filters)) {
    const users = used.filter(({ filter }) => filter.manager.node.data === manager.node.data);
    if (users.length > 0 || manager.routeConfiguration === undefined) checkHardening(manager.node, users, reporter);
  }
  checkBuffers(used, byName, reporter);
  checkOverload(root, used, reporter);
  if (filters.length > 0 && !runtimeFlag(root, GRACEFUL_CLOSE)) {
    const message = `Envoy resets every stream of the server instead of ending it, which costs a fifth of the throughput: write \`layered_runtime: {layers: [{name: static, static_layer: {${GRACEFUL_CLOSE}: true}}]}\``;
    reporter.warn(['layered_runtime'], message);
  }
  return [...reporter.problems, ...check.inlineProblems].sort((a, b) => a.line - b.line || a.column - b.column);
}

function parse(text: string, fileName: string): Source {
  try {
    return parseSource(text, fileName);
  } catch (error) {
    if (error instanceof SourceError) throw singleProblem(fileName, error.position, error.message);
    throw error;
  }
}

/** Other ext_proc filters of the same Envoy are none of our business; where none stands out all are ours. */
function ownFilters(filters: readonly Filter[]): readonly Filter[] {
  const own = filters.filter((filter) => {
    const metadata = routesOf(filter).flatMap((route) => [...route.metadata.keys()]);
    return metadata.some((key) => key.startsWith(METADATA_PREFIX)) || receivesMetadata(filter);
  });
  return own.length > 0 ? own : filters;
}

function receivesMetadata(filter: Filter): boolean {
  const namespaces = filter.config.find('metadata_options', 'receiving_namespaces', 'untyped')?.data;
  return Array.isArray(namespaces) && namespaces.includes(METADATA_NAMESPACE);
}

/** The routes of the filter whose API is known. */
function checkFilter(filter: Filter, root: EnvoyNode, clusters: ClusterIndex, check: EnvoyCheck): readonly UsedRoute[] {
  const { reporter, policies } = check;
  const { config } = filter;
  const { limits } = policies.set;
  const used: UsedRoute[] = [];
  const services: EnvoyNode[] = [];
  const own = config.get('grpc_service');
  if (own !== undefined) services.push(own);
  checkFormats(metadataEntries(filter), reporter);
  for (const route of routesOf(filter)) {
    if (route.grpcService !== undefined) services.push(route.grpcService);
    if (route.failureModeAllow) checkFailureMode(filter, reporter);
    const api = selectForRoute(route, filter, check);
    if (api !== undefined) used.push({ filter, route, policies: api });
  }
  for (const service of services) checkService(service, clusters, limits.bodyBytes, reporter);
  checkReach(filter, reporter);
  const receives = receivesMetadata(filter);
  for (const one of used) {
    checkModes(filter, one, reporter);
    checkBufferLimit(filter, one, limits.bodyBytes, reporter);
    checkTimeouts(filter, one, policies.set, reporter);
    checkTold(one, root, policies.set, reporter);
    checkMutations(filter, one, reporter);
    checkForwardedHeaders(filter, one, reporter);
    checkSender(filter, one, reporter);
    checkAnswers(filter, one, reporter);
    checkOrder(one, clusters.byName, reporter);
    checkSecondLine(one, receives, reporter);
  }
  checkRerouting(used, reporter);
  checkRouteCache(used, reporter);
  if (used.length > 0 && !receives) {
    const message = `variables and execution data never reach access logs, rate limits and RBAC: write \`metadata_options: {receiving_namespaces: {untyped: [${METADATA_NAMESPACE}]}}\``;
    reporter.warn(config.placeOf('metadata_options'), message);
  }
  return used;
}

/** Whether the filter ever runs. */
function checkReach(filter: Filter, reporter: Reporter): void {
  if (filter.manager.routeConfiguration === undefined) {
    const message = 'its routes come from elsewhere (RDS): what they name cannot be checked here';
    reporter.warn(filter.node.path, message);
  } else if (filter.disabled && !isNamedByRoutes(filter)) {
    const message = `the filter is disabled and no route enables it, so that no policy ever runs: write \`typed_per_filter_config: {${filter.name}: {"@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute, overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: NAME}]}}}\` on a route`;
    reporter.error(filter.node.placeOf('disabled'), message);
  }
}
