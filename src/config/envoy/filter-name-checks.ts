import { closest } from '../../closest.ts';
import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { EXTERNAL_PROCESSOR } from './filters.ts';
import { type Manager, routeLevels } from './managers.ts';
import { FILTER_CONFIG_TYPE } from './routes.ts';

const EXT_PROC_PER_ROUTE = 'envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute';

/**
 * Keys of `typed_per_filter_config` that are the name of no filter: Envoy ignores them silently, and so does
 * `envoy --mode validate`, and a route that means to switch its policies on runs none.
 */
export function checkFilterNames(managers: readonly Manager[], reporter: Reporter): void {
  for (const manager of managers) {
    const { routeConfiguration } = manager;
    if (routeConfiguration === undefined) continue;
    const sharers = managers.filter((other) => other.routeConfiguration?.data === routeConfiguration.data);
    const chain = sharers.flatMap((sharer) => sharer.chain);
    for (const level of routeLevels(routeConfiguration)) checkLevel(level, chain, reporter);
  }
}

function checkLevel(level: EnvoyNode, chain: readonly EnvoyNode[], reporter: Reporter): void {
  const names = chain.map((node) => node.text('name') ?? '');
  const processors = chain
    .filter((node) => node.get('typed_config')?.is(EXTERNAL_PROCESSOR))
    .map((node) => node.text('name') ?? '');
  for (const entry of level.get('typed_per_filter_config')?.children() ?? []) {
    const key = String(entry.path.at(-1));
    if (names.includes(key)) continue;
    const wrapped = entry.is(FILTER_CONFIG_TYPE);
    const config = wrapped ? entry.get('config') : entry;
    const nearest = nearestName(key, names);
    const isOurs =
      config?.is(EXT_PROC_PER_ROUTE) === true || (wrapped && nearest !== undefined && processors.includes(nearest));
    const meant = nearest ?? processors[0];
    if (!isOurs) {
      const hint = nearest === undefined ? '' : `, did you mean ${nearest}?`;
      reporter.warn(entry.path, `is the name of no filter of this listener, so that Envoy ignores it${hint}`, 'key');
    } else if (meant === undefined) {
      const message = `is the name of no filter of this listener: no policy runs here; add the filter ${EXT_PROC_FILTER} to its http_filters`;
      reporter.error(entry.path, message, 'key');
    } else {
      const message = `is the name of no filter of this listener: Envoy ignores it silently, and no policy runs here; write \`${meant}\``;
      reporter.error(entry.path, message, 'key');
    }
  }
}

/** What all names of Envoy's own begin with would make any two of them near. */
function nearestName(key: string, names: readonly string[]): string | undefined {
  const bare = (name: string): string => name.replace(/^envoy\.filters\.http\./, '');
  const found = closest(bare(key), names.map(bare));
  return names.find((name) => bare(name) === found);
}
