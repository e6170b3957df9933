import { closest } from '../../closest.ts';
import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { EXTERNAL_PROCESSOR } from './filters.ts';
import { filterKind, type HttpFilter } from './http-filters.ts';
import { type Manager, routeLevels } from './managers.ts';
import { clusterFilters, routerFilters } from './neighbours.ts';
import { checkPerRoute, EXT_PROC_PER_ROUTE } from './per-route-checks.ts';
import { FILTER_CONFIG_TYPE } from './routes.ts';

/** The filters that the names in one route configuration can refer to. */
export interface KnownFilters {
  /** Of the listeners that use the route configuration, upstream filters included. */
  readonly own: readonly HttpFilter[];
  /** Of other listeners, each with the listener's name. */
  readonly others: ReadonlyMap<string, string>;
  /** Filters inside an ExtensionWithMatcher, each with the name under which Envoy looks for its settings on a route. */
  readonly inner: ReadonlyMap<string, string>;
  /** There are filters that are not in the text. */
  readonly hasOthers: boolean;
}

/**
 * Reports keys of `typed_per_filter_config` that are not the name of a filter. Envoy and `envoy --mode validate` ignore them silently,
 * so a guard is not enabled, or a filter not disabled.
 */
export function checkFilterNames(
  managers: readonly Manager[],
  { clusters, hasOtherFilters = false }: EnvoyConfiguration,
  reporter: Reporter,
): void {
  const upstream = [...clusters.values()].flatMap(clusterFilters);
  const sharers = Map.groupBy(
    managers.flatMap((manager) => manager.routeConfigurations.map((routes) => ({ manager, routes }))),
    ({ routes }) => routes.data,
  );
  for (const users of sharers.values()) {
    const own = users.flatMap(({ manager }) => filtersOf(manager));
    const others = new Map(
      managers
        .filter((other) => users.every(({ manager }) => manager !== other))
        .flatMap((other) => filtersOf(other).map(({ name }) => [name, other.listener?.text('name') ?? ''] as const)),
    );
    const inner = new Map(own.flatMap((filter) => innerNames(filter).map((name) => [name, filter.name] as const)));
    const known = { own: [...own, ...upstream], others, inner, hasOthers: hasOtherFilters };
    for (const level of users[0] === undefined ? [] : routeLevels(users[0].routes)) {
      for (const entry of level.get('typed_per_filter_config')?.children() ?? []) checkEntry(entry, known, reporter);
    }
  }
}

function filtersOf({ chain }: Manager): readonly HttpFilter[] {
  return [...chain, ...routerFilters(chain)];
}

/** Names of the filters that a matcher selects: its actions are TypedExtensionConfig messages, which look like filters. */
function innerNames({ config }: HttpFilter): readonly string[] {
  if (config?.is('envoy.extensions.common.matching.v3.ExtensionWithMatcher') !== true) return [];
  const names: string[] = [];
  const visit = (node: EnvoyNode): void => {
    const name = node.text('name');
    if (name !== undefined && node.get('typed_config') !== undefined) names.push(name);
    for (const child of node.children()) visit(child);
  };
  visit(config);
  return names;
}

function checkEntry(entry: EnvoyNode, known: KnownFilters, reporter: Reporter): void {
  const key = String(entry.path.at(-1));
  const targets = known.own.filter(({ name }) => name === key);
  if (targets.length > 0) checkPerRoute(entry, targets, known.own, reporter);
  else tellUnknown(entry, key, known, reporter);
}

function tellUnknown(entry: EnvoyNode, key: string, known: KnownFilters, reporter: Reporter): void {
  const wrapped = entry.is(FILTER_CONFIG_TYPE);
  const config = wrapped ? entry.get('config') : entry;
  const names = known.own.map(({ name }) => name);
  const processors = known.own.filter((filter) => filter.config?.is(EXTERNAL_PROCESSOR)).map(({ name }) => name);
  const nearest = nearestName(key, names);
  const isOurMessage = config?.is(EXT_PROC_PER_ROUTE) === true;
  const isOurs = isOurMessage || (wrapped && nearest !== undefined && processors.includes(nearest));
  // A filter of another kind that is marked as optional may be absent on purpose.
  if (!isOurs && (entry.flag('is_optional') || known.hasOthers)) return;
  if (known.hasOthers && processors.length === 0) return;
  const kind = filterKind(config);
  const sameKind = kind === undefined ? [] : known.own.filter((filter) => filterKind(filter.config) === kind);
  const ofKind = sameKind.map(({ name }) => name);
  const meant = known.inner.get(key) ?? nearestName(key, ofKind) ?? ofKind[0] ?? (isOurMessage ? undefined : nearest);
  const isOff = entry.flag('disabled') || config?.flag('disabled') === true;
  const outcome = isOff
    ? 'the intended filter is not disabled here'
    : isOurs
      ? 'no policy runs here'
      : 'this setting has no effect on the intended filter';
  const elsewhere = known.others.get(key);
  const where =
    elsewhere === undefined
      ? ''
      : `; it belongs to listener ${elsewhere || 'without a name'}, which does not use these routes`;
  const remedy = remedyFor(meant, isOurs && !isOff);
  const message = `does not match a filter of this listener${where}: Envoy ignores it silently, and ${outcome}; ${remedy}`;
  reporter.error(entry.path, message, 'key');
}

function remedyFor(meant: string | undefined, isOurs: boolean): string {
  if (meant !== undefined) return `write \`${meant}\``;
  return isOurs
    ? `add the filter ${EXT_PROC_FILTER} to its http_filters`
    : 'add the filter to its http_filters, or remove this entry';
}

/** Compares without the prefix of Envoy's own filter names, which would make any two of them similar. */
function nearestName(key: string, names: readonly string[]): string | undefined {
  const bare = (name: string): string => name.replace(/^envoy\.filters\.http\./, '');
  const found = closest(bare(key), names.map(bare));
  return names.find((name) => bare(name) === found);
}
