import { EXT_PROC_FILTER, METADATA_NAMESPACE } from '../../envoy-names.ts';
import { Reporter } from '../compile/reporter.ts';
import { singleProblem } from '../inline-policies.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import type { Problem } from '../problem.ts';
import { parseSource, type Source, SourceError } from '../source/index.ts';
import { checkBufferLimit, checkModes } from './body-checks.ts';
import { checkService } from './cluster-checks.ts';
import { EnvoyNode } from './envoy-node.ts';
import { type Filter, findClusters, findFilters, runtimeFlag } from './filters.ts';
import { checkMutations } from './mutation-checks.ts';
import { type EnvoyCheck, selectForRoute } from './route-selection.ts';
import { isNamedByRoutes, routesOf } from './routes.ts';
import { checkTimeouts } from './timeout-checks.ts';
import { answersItself, nameOf, type UsedRoute } from './used-routes.ts';

const GRACEFUL_CLOSE = 'envoy.reloadable_features.ext_proc_graceful_grpc_close';

/**
 * What an Envoy configuration says that makes policies fail, or fail silently. Sources of the rules:
 * facts about Envoy 1.40 as measured with it. Throws PolicyDocumentError for a text that does not parse.
 */
export function checkEnvoy(text: string, fileName: string, policies: LoadedPolicies): readonly Problem[] {
  const source = parse(text, fileName);
  const root = new EnvoyNode(source.data);
  const reporter = new Reporter(fileName, source);
  const check: EnvoyCheck = { fileName, source, policies, reporter, inlineProblems: [] };
  const filters = ownFilters(findFilters(root));
  if (filters.length === 0) {
    const message = `no listener has the HTTP filter ${EXT_PROC_FILTER}, so that no policy ever runs: add it before the router`;
    reporter.error([], message);
  }
  for (const filter of filters) checkFilter(filter, root, check);
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
    return metadata.some((key) => key.startsWith('x-lambda-')) || receivesMetadata(filter);
  });
  return own.length > 0 ? own : filters;
}

function receivesMetadata(filter: Filter): boolean {
  const namespaces = filter.config.find('metadata_options', 'receiving_namespaces', 'untyped')?.data;
  return Array.isArray(namespaces) && namespaces.includes(METADATA_NAMESPACE);
}

function checkFilter(filter: Filter, root: EnvoyNode, check: EnvoyCheck): void {
  const { reporter, policies } = check;
  const { config } = filter;
  const used: UsedRoute[] = [];
  const clusters = findClusters(root);
  const hasOtherClusters = root.find('dynamic_resources', 'cds_config') !== undefined || clusters.size === 0;
  const services: EnvoyNode[] = [];
  const own = config.get('grpc_service');
  if (own !== undefined) services.push(own);
  for (const route of routesOf(filter)) {
    if (route.grpcService !== undefined) services.push(route.grpcService);
    if (route.failureModeAllow) checkFailureMode(filter, check);
    const api = selectForRoute(route, filter, check);
    if (api !== undefined) used.push({ route, policies: api });
  }
  for (const service of services) checkService(service, clusters, hasOtherClusters, reporter);
  checkReach(filter, check);
  for (const one of used) {
    checkModes(filter, one, reporter);
    checkBufferLimit(filter, one, policies.set.limits.bodyBytes, reporter);
    checkTimeouts(filter, one, policies.set, reporter);
    checkMutations(filter, one, reporter);
    checkAnswers(filter, one, check);
  }
  if (used.length > 0 && !receivesMetadata(filter)) {
    const message = `variables and execution data never reach access logs, rate limits and RBAC: write \`metadata_options: {receiving_namespaces: {untyped: [${METADATA_NAMESPACE}]}}\``;
    reporter.warn(config.placeOf('metadata_options'), message);
  }
}

/** Whether the filter ever runs. */
function checkReach(filter: Filter, { reporter }: EnvoyCheck): void {
  if (filter.routeConfiguration === undefined) {
    const message = 'its routes come from elsewhere (RDS): what they name cannot be checked here';
    reporter.warn(filter.node.path, message);
  } else if (filter.disabled && !isNamedByRoutes(filter)) {
    const message = `the filter is disabled and no route enables it, so that no policy ever runs: write \`typed_per_filter_config: {${filter.name}: {"@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute, overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: NAME}]}}}\` on a route`;
    reporter.error(filter.node.placeOf('disabled'), message);
  }
}

function checkFailureMode({ config }: Filter, { reporter }: EnvoyCheck): void {
  const message =
    'requests pass without their policies whenever the server is away or slow, authorisers included: write `failure_mode_allow: false`';
  reporter.warn(config.placeOf('failure_mode_allow'), message);
}

function checkAnswers({ config }: Filter, used: UsedRoute, { reporter }: EnvoyCheck): void {
  if (config.flag('observability_mode')) {
    const message = `Envoy ignores every answer: ${nameOf(used)} can neither change nor answer anything; leave it out, unless its functions are Events`;
    reporter.warn(config.placeOf('observability_mode'), message, 'key');
  }
  if (!config.flag('disable_immediate_response')) return;
  const what = answersItself(used.policies) ? 'sendToConsumer and errors are' : 'errors are';
  reporter.error(
    config.placeOf('disable_immediate_response'),
    `${what} no answers of ${nameOf(used)} any more but a bare 500: leave it out`,
    'key',
  );
}
