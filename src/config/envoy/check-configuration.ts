import { METADATA_NAMESPACE, METADATA_PREFIX, streamMetadata } from '../../envoy-names.ts';
import type { ApiPolicies } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import { checkAnswers, checkFailureMode } from './answer-checks.ts';
import { checkAuthorizers } from './authorizer-checks.ts';
import { checkBufferLimit, checkModes } from './body-checks.ts';
import { checkService } from './cluster-checks.ts';
import type { EnvoyConfiguration } from './configuration.ts';
import { checkElsewhere } from './elsewhere-checks.ts';
import type { EnvoyCheck } from './envoy-check.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { checkEvents } from './event-checks.ts';
import { checkFilterNames } from './filter-name-checks.ts';
import { type Filter, findFilters } from './filters.ts';
import { checkFormats, metadataEntries } from './format-checks.ts';
import { checkBuffers, checkHardening, checkOverload } from './hardening-checks.ts';
import { checkForwardedHeaders } from './header-checks.ts';
import { findManagers } from './managers.ts';
import { checkMetadata } from './metadata-checks.ts';
import { checkMutations } from './mutation-checks.ts';
import { checkOrder, checkRerouting } from './order-checks.ts';
import type { Reach } from './reach-checks.ts';
import { checkRouteCache } from './route-cache-checks.ts';
import { choiceOf } from './route-choice.ts';
import { selectForRoute } from './route-selection.ts';
import { isNamedByRoutes, type Route, type RouteMetadata, routesOf } from './routes.ts';
import { runtimeFlag } from './runtime-flag.ts';
import { checkSecondLine } from './second-line-checks.ts';
import { checkSender } from './sender-checks.ts';
import { checkStreaming } from './streaming-checks.ts';
import { checkStreamingMemory } from './streaming-memory.ts';
import { checkTimeouts } from './timeout-checks.ts';
import { toldOf } from './told.ts';
import { checkTold } from './told-checks.ts';
import type { UsedRoute } from './used-routes.ts';

const GRACEFUL_CLOSE = 'envoy.reloadable_features.ext_proc_graceful_grpc_close';

/** Applies all rules to one configuration: problems go to the reporter of `check`. */
export function checkConfiguration(configuration: EnvoyConfiguration, check: EnvoyCheck): Reach {
  const { reporter, policies } = check;
  const { bootstrap, clusters } = configuration;
  for (const { node, message } of configuration.notes) reporter.warn(node.path, message);
  const managers = findManagers(configuration);
  const all = findFilters(managers);
  const bodyBytes = policies.set.limits.bodyBytes;
  const isElsewhere = checkElsewhere(configuration, managers, all, bodyBytes, reporter);
  checkFilterNames(managers, configuration, reporter);
  const filters = ownFilters(all, check);
  const used = filters.flatMap((filter) => checkFilter(filter, configuration, check));
  for (const { manager } of new Set(filters)) {
    const users = used.filter(({ filter }) => filter.manager === manager);
    if (users.length > 0 || manager.hasOtherRoutes) checkHardening(manager.node, users, reporter);
  }
  checkBuffers(used, clusters, reporter);
  if (bootstrap !== undefined) {
    checkOverload(bootstrap, used, reporter);
    checkStreamingMemory(bootstrap, used, policies.set.limits, reporter);
    checkGracefulClose(bootstrap, filters, reporter);
  }
  return {
    apis: new Set(used.map(({ policies: { name } }) => name)),
    hasOtherRoutes:
      isElsewhere ||
      filters.some(({ manager }) => manager.hasOtherRoutes) ||
      filters.some((filter) => routesOf(filter).some((route) => isUnclear(route, filter, check))),
  };
}

function checkGracefulClose(bootstrap: EnvoyNode, filters: readonly Filter[], reporter: Reporter): void {
  if (filters.length === 0 || runtimeFlag(bootstrap, GRACEFUL_CLOSE)) return;
  const message = `Envoy resets every stream of the server instead of ending it, which costs a fifth of the throughput: write \`layered_runtime: {layers: [{name: static, static_layer: {${GRACEFUL_CLOSE}: true}}]}\``;
  reporter.warn(bootstrap.placeOf('layered_runtime'), message);
}

/** Whether the text does not show which API a route reaches. */
function isUnclear(route: Route, filter: Filter, { policies, generated }: EnvoyCheck): boolean {
  const named = namedOn(route);
  if (named.length > 0) return named.some(({ text }) => text === undefined);
  return choiceOf(route, filter, policies.set, generated).possible.length > 0;
}

/** The APIs that such a route may reach, without inline policies. */
function possibleApis(
  route: Route,
  filter: Filter,
  { policies: { set }, generated }: EnvoyCheck,
): readonly ApiPolicies[] {
  const named = namedOn(route);
  if (named.length === 0) return choiceOf(route, filter, set, generated).possible.map(({ policies }) => policies);
  return named.some(({ text }) => text === undefined) ? [...set.apis.values()] : [];
}

/** The entries of a route's gRPC metadata that determine its API. */
function namedOn({ metadata }: Route): readonly RouteMetadata[] {
  return [streamMetadata.api, streamMetadata.policies].flatMap((key) => metadata.get(key) ?? []);
}

/** Ignores ext_proc filters that lead to other servers. If no filter can be recognized as this project's, all of them are. */
function ownFilters(filters: readonly Filter[], { policies: { set }, generated }: EnvoyCheck): readonly Filter[] {
  const own = filters.filter((filter) => {
    const routes = routesOf(filter);
    const metadata = routes.flatMap((route) => [...route.metadata.keys()]);
    const isChosen = (): boolean =>
      routes.some((route) => {
        const { choice, possible } = choiceOf(route, filter, set, generated);
        return choice.means !== 'default' || possible.length > 0;
      });
    return metadata.some((key) => key.startsWith(METADATA_PREFIX)) || receivesMetadata(filter) || isChosen();
  });
  return own.length > 0 ? own : filters;
}

function receivesMetadata(filter: Filter): boolean {
  const namespaces = filter.config.find('metadata_options', 'receiving_namespaces', 'untyped')?.data;
  return Array.isArray(namespaces) && namespaces.includes(METADATA_NAMESPACE);
}

/** The routes of the filter whose API is known. */
function checkFilter(filter: Filter, configuration: EnvoyConfiguration, check: EnvoyCheck): readonly UsedRoute[] {
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
    const api = selectForRoute(route, filter, check);
    const reached = api === undefined ? possibleApis(route, filter, check) : [api];
    checkFailureMode(route, reached, reporter);
    if (api !== undefined) used.push({ filter, route, policies: api });
  }
  for (const service of services) checkService(service, configuration, limits.bodyBytes, reporter);
  checkReach(filter, check);
  const receives = receivesMetadata(filter);
  for (const one of used) {
    checkModes(filter, one, reporter);
    checkBufferLimit(filter, one, limits.bodyBytes, reporter);
    checkTimeouts(filter, one, policies.set, reporter);
    checkTold(one, configuration.bootstrap, policies.set, reporter);
    checkMutations(filter, one, reporter);
    checkForwardedHeaders(filter, one, reporter);
    checkEvents(filter, one, reporter);
    checkAuthorizers(filter, one, reporter);
    checkMetadata(one, reporter);
    checkSender(filter, one, reporter);
    checkAnswers(filter, one, reporter);
    checkOrder(one, configuration.clusters, reporter);
    checkSecondLine(one, receives, reporter);
    checkStreaming(one, { told: toldOf(one, policies.set, reporter), receives }, reporter);
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
function checkReach(filter: Filter, { reporter, words }: EnvoyCheck): void {
  if (filter.manager.hasOtherRoutes) {
    const what = filter.manager.routeConfigurations.length === 0 ? 'its routes' : 'some of its routes';
    reporter.warn(filter.node.path, `${what} ${words.elsewhere}: the APIs that they name cannot be checked here`);
  } else if (filter.disabled && !isNamedByRoutes(filter)) {
    const message = `the filter is disabled and no route enables it, so that no policy ever runs: write \`typed_per_filter_config: {${filter.name}: {"@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute, overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: NAME}]}}}\` on a route`;
    reporter.error(filter.node.placeOf('disabled'), message);
  }
}
