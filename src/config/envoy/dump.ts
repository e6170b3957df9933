import { byName, type ConfigurationNote, type EnvoyConfiguration } from './configuration.ts';
import type { EnvoyNode } from './envoy-node.ts';

const ADMIN = /(?:^|\/)envoy\.admin\.v[23](?:alpha)?\.(\w+(?:\.\w+)?)$/;
/** How deep dumps are nested in the output of tools that print several: `egctl` nests them by namespace and pod. */
const DEEPEST = 4;
/** The sections that each running Envoy has. */
const WHOLE = ['BootstrapConfigDump', 'ListenersConfigDump', 'RoutesConfigDump', 'ClustersConfigDump'];

/** The dumps (`/config_dump`) in a text; empty if it is something else. */
export function findDumps(node: EnvoyNode, depth = 0): readonly EnvoyNode[] {
  if (node.items('configs').some((config) => kindOf(config) !== undefined)) return [node];
  if (depth === DEEPEST || Array.isArray(node.data)) return [];
  return node.children().flatMap((child) => findDumps(child, depth + 1));
}

function kindOf(node: EnvoyNode): string | undefined {
  return ADMIN.exec(String(node.entry('@type')?.data ?? ''))?.[1];
}

/** The configuration that a running Envoy has in force. Static parts and parts from xDS are joined by their names. */
export function readDump(dump: EnvoyNode): EnvoyConfiguration {
  const parts = Map.groupBy(dump.items('configs'), (config) => kindOf(config) ?? '');
  const notes: ConfigurationNote[] = [];
  const read = (kind: DumpKind): readonly EnvoyNode[] =>
    entriesOf(parts, kind).flatMap((entry) => messages(entry, kind, notes));
  const bootstrap = parts.get('BootstrapConfigDump')?.[0]?.get('bootstrap');
  tellMissing(dump, parts, notes);
  const listeners = read(LISTENERS);
  const clusters = read(CLUSTERS);
  const own = bootstrap?.get('static_resources');
  const hasListeners = entriesOf(parts, LISTENERS).length > 0 || parts.has(LISTENERS.dump);
  const hasClusters = entriesOf(parts, CLUSTERS).length > 0 || parts.has(CLUSTERS.dump);
  return {
    bootstrap,
    listeners: hasListeners ? listeners : (own?.items('listeners') ?? []),
    hasOtherListeners: !parts.has(LISTENERS.dump),
    routeConfigurations: byName(read(ROUTES)),
    scopes: readScopes(parts, notes),
    extensions: byName(read(EXTENSIONS)),
    clusters: byName(hasClusters ? clusters : (own?.items('clusters') ?? [])),
    assignments: byName(read(ENDPOINTS), 'cluster_name'),
    hasOtherClusters: !parts.has(CLUSTERS.dump),
    notes,
  };
}

/** A section of a dump, and the types of its entries, which a dump with `?resource=` has without their section. */
interface DumpKind {
  readonly dump: string;
  readonly lists: readonly string[];
  readonly entries: readonly string[];
  /** The field of an entry, or of its state, that contains the message. */
  readonly field: string;
}

const LISTENERS: DumpKind = {
  dump: 'ListenersConfigDump',
  lists: ['static_listeners', 'dynamic_listeners'],
  entries: ['StaticListener', 'DynamicListener'],
  field: 'listener',
};
const CLUSTERS: DumpKind = {
  dump: 'ClustersConfigDump',
  lists: ['static_clusters', 'dynamic_active_clusters', 'dynamic_warming_clusters'],
  entries: ['StaticCluster', 'DynamicCluster'],
  field: 'cluster',
};
const ROUTES: DumpKind = {
  dump: 'RoutesConfigDump',
  lists: ['static_route_configs', 'dynamic_route_configs'],
  entries: ['StaticRouteConfig', 'DynamicRouteConfig'],
  field: 'route_config',
};
/** Only in a dump with `?include_eds`. */
const ENDPOINTS: DumpKind = {
  dump: 'EndpointsConfigDump',
  lists: ['static_endpoint_configs', 'dynamic_endpoint_configs'],
  entries: ['StaticEndpointConfig', 'DynamicEndpointConfig'],
  field: 'endpoint_config',
};
const EXTENSIONS: DumpKind = {
  dump: 'EcdsConfigDump',
  lists: ['ecds_filters'],
  entries: ['EcdsFilterConfig'],
  field: 'ecds_filter',
};

function entriesOf(
  parts: ReadonlyMap<string, readonly EnvoyNode[]>,
  { dump, lists, entries }: DumpKind,
): readonly EnvoyNode[] {
  const listed = (parts.get(dump) ?? []).flatMap((part) => lists.flatMap((list) => part.items(list)));
  return [...listed, ...entries.flatMap((entry) => parts.get(`${dump}.${entry}`) ?? [])];
}

/** The message that is in force; reports an entry that has one that is not. */
function messages(entry: EnvoyNode, { field }: DumpKind, notes: ConfigurationNote[]): readonly EnvoyNode[] {
  const refused = entry.get('error_state');
  if (refused !== undefined) {
    const message =
      'Envoy rejected its last update (`details` has the reason) and continues with the previous version, if there is one: the previous version is checked';
    notes.push({ node: refused, message });
  }
  const active = entry.get(field) ?? entry.find('active_state', field);
  const warming = entry.find('warming_state', field);
  if (active !== undefined && warming !== undefined) {
    notes.push({
      node: entry.get('warming_state') ?? warming,
      message: 'Envoy is still preparing this version: the active version is checked; take the dump again',
    });
  }
  const draining = entry.find('draining_state', field);
  if (active === undefined && warming === undefined && draining !== undefined) {
    notes.push({
      node: entry.get('draining_state') ?? draining,
      message: 'this listener is draining: it is not checked',
    });
  }
  const found = active ?? warming;
  return found === undefined ? [] : [found];
}

function readScopes(
  parts: ReadonlyMap<string, readonly EnvoyNode[]>,
  notes: ConfigurationNote[],
): EnvoyConfiguration['scopes'] {
  const kind: DumpKind = {
    dump: 'ScopedRoutesConfigDump',
    lists: ['inline_scoped_route_configs', 'dynamic_scoped_route_configs'],
    entries: ['InlineScopedRouteConfigs', 'DynamicScopedRouteConfigs'],
    field: 'scoped_route_configs',
  };
  const scopes = new Map<string, EnvoyNode[]>();
  for (const entry of entriesOf(parts, kind)) {
    messages(entry, kind, notes);
    const name = entry.text('name') ?? '';
    scopes.set(name, [...(scopes.get(name) ?? []), ...entry.items(kind.field)]);
  }
  return scopes;
}

function tellMissing(dump: EnvoyNode, parts: ReadonlyMap<string, unknown>, notes: ConfigurationNote[]): void {
  const missing = WHOLE.filter((kind) => !parts.has(kind));
  if (missing.length === 0) return;
  const message = `this is a partial dump without ${missing.join(', ')}: these parts cannot be checked; take all of /config_dump, without \`resource\` and \`mask\``;
  notes.push({ node: dump, message });
}
