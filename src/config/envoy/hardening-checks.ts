import { defaultLimits } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { guards, nameOf, readsBodies, severityFor, type UsedRoute } from './used-routes.ts';

interface Setting {
  /** The connection manager's field that holds `field`; undefined: the connection manager itself. */
  readonly holder?: string;
  readonly field: string;
  readonly isSet: (holder: EnvoyNode, field: string) => boolean;
  readonly outcome: string;
  readonly write: string;
}

const isTrue = (holder: EnvoyNode, field: string): boolean => holder.flag(field);
const isDuration = (holder: EnvoyNode, field: string): boolean => (holder.duration(field) ?? 0) > 0;
const isOneOf =
  (...values: readonly (string | number)[]) =>
  (holder: EnvoyNode, field: string): boolean => {
    const value = holder.get(field)?.data;
    return (typeof value === 'string' || typeof value === 'number') && values.includes(value);
  };

/** The numbers are those of the enum's values, which protobuf's JSON also accepts. */
const UNESCAPING = isOneOf('UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD', 'REJECT_REQUEST', 2, 3, 4);
const KEEPING = isOneOf('KEEP_UNCHANGED', 1);

/** Settings that make Envoy and backends interpret requests in the same way, and limits on how long callers can hold resources. */
const SETTINGS: readonly Setting[] = [
  {
    field: 'normalize_path',
    isSet: isTrue,
    outcome: 'Envoy does not match /./orders, /x/../orders and /%6frders as /orders, but many backends do',
    write: 'normalize_path: true',
  },
  {
    field: 'merge_slashes',
    isSet: isTrue,
    outcome: 'Envoy does not match //orders as /orders, but many backends do',
    write: 'merge_slashes: true',
  },
  {
    field: 'path_with_escaped_slashes_action',
    isSet: (holder, field) => UNESCAPING(holder, field) || KEEPING(holder, field),
    outcome: 'Envoy does not match /x%2f..%2forders as /orders, but many backends do',
    write: 'path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT',
  },
  {
    holder: 'common_http_protocol_options',
    field: 'headers_with_underscores_action',
    isSet: isOneOf('REJECT_REQUEST', 'DROP_HEADER', 1, 2),
    outcome:
      "many backends read x_user as x-user, so a caller's header arrives together with the one that a policy sets",
    write: 'common_http_protocol_options: {headers_with_underscores_action: REJECT_REQUEST}',
  },
  {
    field: 'use_remote_address',
    isSet: (holder, field) => holder.flag(field) || holder.items('original_ip_detection_extensions').length > 0,
    outcome: 'callers choose the address that policies and backends see, with x-forwarded-for',
    write: 'use_remote_address: true',
  },
  {
    field: 'request_timeout',
    isSet: isDuration,
    outcome: 'a caller can take any time to send a request, and holds a stream and its buffers until then',
    write: 'request_timeout: 300s',
  },
  {
    field: 'stream_idle_timeout',
    isSet: isDuration,
    outcome:
      'there is no explicit limit for how long a caller may hold an idle stream (300 s by default, 0 is no limit)',
    write: 'stream_idle_timeout: 300s',
  },
];

/** One connection manager with the routes that use the filter: a warning for each setting, an error where one is guarded. */
export function checkHardening(manager: EnvoyNode, used: readonly UsedRoute[], reporter: Reporter): void {
  const severity = severityFor(used);
  for (const { holder: name, field, isSet, outcome, write } of SETTINGS) {
    const holder = name === undefined ? manager : manager.get(name);
    if (holder !== undefined && isSet(holder, field)) continue;
    const place = holder?.placeOf(field) ?? manager.placeOf(name ?? field);
    reporter[severity](place, `${outcome}: write \`${write}\``);
  }
  if (!KEEPING(manager, 'path_with_escaped_slashes_action')) return;
  for (const one of used.filter(({ policies }) => guards(policies))) {
    const message = `${nameOf(one)} guards a path, and on this listener /x%2f..%2forders bypasses it: use a guard only on a listener with \`path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT\`, and put the routes that need encoded slashes on a separate listener`;
    reporter.error(manager.placeOf('path_with_escaped_slashes_action'), message);
  }
}

/**
 * Checks how much of Envoy's memory a body can use, for connections of callers and of backends. If a policy reads bodies that are larger
 * than Envoy's default, checkBufferLimit reports more.
 */
export function checkBuffers(
  used: readonly UsedRoute[],
  clusters: ReadonlyMap<string, EnvoyNode>,
  reporter: Reporter,
): void {
  const field = 'per_connection_buffer_limit_bytes';
  const write = `${field}: ${defaultLimits.bodyBytes}`;
  for (const [holder, users] of Map.groupBy(used, ({ filter }) => filter.manager.listener)) {
    if (holder === undefined || holder.number(field) !== undefined || users.some(readsBodies)) continue;
    const message = `there is no explicit limit for how much of a connection Envoy buffers (1 MiB by default, and larger bodies never reach a policy): write \`${write}\``;
    reporter[severityFor(users)](holder.placeOf(field), message);
  }
  const backends = used.flatMap((one) =>
    clustersOf(one.route.node).map((name) => ({ cluster: clusters.get(name), one })),
  );
  for (const [cluster, users] of Map.groupBy(backends, (backend) => backend.cluster)) {
    if (cluster === undefined || cluster.number(field) !== undefined) continue;
    const message = `there is no explicit limit for how much of a response Envoy buffers (1 MiB by default): write \`${write}\``;
    reporter[severityFor(users.map(({ one }) => one))](cluster.placeOf(field), message);
  }
}

/** The names of the clusters that a route leads to, as far as the configuration tells them. */
function clustersOf(route: EnvoyNode): readonly string[] {
  const action = route.get('route');
  const weighted = action?.get('weighted_clusters')?.items('clusters') ?? [];
  return [action?.text('cluster'), ...weighted.map((one) => one.text('name'))].filter((name) => name !== undefined);
}

export function checkOverload(bootstrap: EnvoyNode, used: readonly UsedRoute[], reporter: Reporter): void {
  if (used.length === 0) return;
  if ((bootstrap.get('overload_manager')?.items('resource_monitors') ?? []).length > 0) return;
  const message =
    'callers can use up the memory and connections of Envoy: write `overload_manager` as in envoy/envoy.yaml';
  reporter[severityFor(used)](bootstrap.placeOf('overload_manager'), message);
}
