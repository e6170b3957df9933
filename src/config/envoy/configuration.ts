import type { EnvoyNode } from './envoy-node.ts';

/** The input of the rules, independent of the form of the text: a bootstrap, a file of resources, or a dump of a running Envoy. */
export interface EnvoyConfiguration {
  /** Undefined: the configuration has none, so the settings of a bootstrap (runtime, overload) are not known. */
  readonly bootstrap: EnvoyNode | undefined;
  /** Connection managers are searched in these. */
  readonly listeners: readonly EnvoyNode[];
  readonly hasOtherListeners: boolean;
  /** By name, which `rds` and scopes refer to. */
  readonly routeConfigurations: ReadonlyMap<string, EnvoyNode>;
  /** ScopedRouteConfiguration messages, by the `name` of the `scoped_routes` that uses them; '' for any. */
  readonly scopes: ReadonlyMap<string, readonly EnvoyNode[]>;
  /** From ECDS: TypedExtensionConfig messages by name. */
  readonly extensions: ReadonlyMap<string, EnvoyNode>;
  readonly clusters: ReadonlyMap<string, EnvoyNode>;
  /** From EDS: ClusterLoadAssignment messages by their cluster. */
  readonly assignments: ReadonlyMap<string, EnvoyNode>;
  /** Some come from elsewhere, so a missing one is not an error. */
  readonly hasOtherClusters: boolean;
  /** The chains have filters that are not in the text. */
  readonly hasOtherFilters?: boolean;
  /** Findings about the form of the text, such as parts that are missing or not in force. */
  readonly notes: readonly ConfigurationNote[];
}

/** A warning about a place in the text. */
export interface ConfigurationNote {
  readonly node: EnvoyNode;
  readonly message: string;
}

export function byName(nodes: readonly EnvoyNode[], field = 'name'): ReadonlyMap<string, EnvoyNode> {
  return new Map(nodes.map((node) => [node.text(field) ?? '', node]));
}
