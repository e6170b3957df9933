import type { EnvoyNode } from './envoy-node.ts';

/** What the rules look at, whatever form the text has: a bootstrap, a file of resources, a dump of a running Envoy. */
export interface EnvoyConfiguration {
  /** Undefined: the text has none, and what a bootstrap says (runtime, overload) is not known. */
  readonly bootstrap: EnvoyNode | undefined;
  /** Where connection managers are looked for. */
  readonly listeners: readonly EnvoyNode[];
  readonly hasOtherListeners: boolean;
  /** By name: what `rds` and scopes refer to. */
  readonly routeConfigurations: ReadonlyMap<string, EnvoyNode>;
  /** ScopedRouteConfiguration messages, by the `name` of the `scoped_routes` that takes them; '' for any. */
  readonly scopes: ReadonlyMap<string, readonly EnvoyNode[]>;
  /** What ECDS brings: TypedExtensionConfig messages by name. */
  readonly extensions: ReadonlyMap<string, EnvoyNode>;
  readonly clusters: ReadonlyMap<string, EnvoyNode>;
  /** ClusterLoadAssignment messages by their cluster: what EDS brings. */
  readonly assignments: ReadonlyMap<string, EnvoyNode>;
  /** Some come from elsewhere, so that one that is missing is no error. */
  readonly hasOtherClusters: boolean;
  /** The chains have filters that are not in the text. */
  readonly hasOtherFilters?: boolean;
  /** What the form itself says, as parts that are missing or not in force. */
  readonly notes: readonly ConfigurationNote[];
}

/** A warning about a place of the text. */
export interface ConfigurationNote {
  readonly node: EnvoyNode;
  readonly message: string;
}

export function byName(nodes: readonly EnvoyNode[], field = 'name'): ReadonlyMap<string, EnvoyNode> {
  return new Map(nodes.map((node) => [node.text(field) ?? '', node]));
}
