import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { EXTERNAL_PROCESSOR } from './filters.ts';
import { filterKind, type HttpFilter } from './http-filters.ts';
import { FILTER_CONFIG_TYPE } from './routes.ts';

export const EXT_PROC_PER_ROUTE = 'envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute';

/**
 * Checks an entry for the filters with its name, `targets`. Envoy silently ignores a message of another filter, just as it ignores an
 * entry whose name no filter has. If Envoy refuses a message, it does not load the whole route configuration.
 */
export function checkPerRoute(
  entry: EnvoyNode,
  targets: readonly HttpFilter[],
  own: readonly HttpFilter[],
  reporter: Reporter,
): void {
  const wrapped = entry.is(FILTER_CONFIG_TYPE);
  const config = wrapped ? entry.get('config') : entry;
  if (config === undefined) return;
  const kind = filterKind(config);
  const kinds = targets.map((target) => filterKind(target.config));
  if (kind !== undefined && !kinds.includes(undefined) && !kinds.includes(kind)) {
    tellForeign(config, kind, targets, own, reporter);
    return;
  }
  if (config.is(EXTERNAL_PROCESSOR)) {
    const message = `is the message of the filter itself, and Envoy rejects the routes: write \`"@type": type.googleapis.com/${EXT_PROC_PER_ROUTE}\` with \`overrides\``;
    reporter.error(config.path, message);
  }
  if (config.is(EXT_PROC_PER_ROUTE)) checkOverrides(entry, config, reporter);
}

function tellForeign(
  config: EnvoyNode,
  kind: string,
  targets: readonly HttpFilter[],
  own: readonly HttpFilter[],
  reporter: Reporter,
): void {
  const isOurs = kind === 'ext_proc';
  const meant = own.find((filter) => filterKind(filter.config) === kind);
  const outcome = isOurs ? 'no policy runs here' : `its settings for ${kind} have no effect here`;
  const remedy =
    meant === undefined
      ? `this listener has no filter ${kind}: remove the entry, or add the filter`
      : `write it under \`${meant.name}\``;
  const target = filterKind(targets[0]?.config) ?? 'another one';
  const message = `is for the filter ${kind}, but is under the name of a filter ${target}, which ignores it silently: ${outcome}; ${remedy}`;
  reporter.error(config.path, message, 'key');
}

function checkOverrides(entry: EnvoyNode, config: EnvoyNode, reporter: Reporter): void {
  const overrides = config.get('overrides');
  const disabled = config.get('disabled');
  if (disabled?.data === false) {
    const message = 'Envoy accepts only `true` here and rejects the routes: remove it; `overrides` enables the filter';
    reporter.error(disabled.path, message);
  } else if (disabled !== undefined && overrides !== undefined) {
    const message = 'Envoy accepts only one of `disabled` and `overrides` and rejects the routes: remove one of them';
    reporter.error(disabled.path, message);
  }
  if (entry !== config && entry.flag('disabled') && overrides !== undefined) {
    const message = 'disables the filter here although `overrides` configures it: no policy runs here; remove it';
    reporter.warn(entry.placeOf('disabled'), message);
  }
}
