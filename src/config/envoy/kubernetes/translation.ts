/** An Envoy configuration that a control plane generates from objects. */
export interface Translation {
  /** For `lay`: a bootstrap with static resources. */
  readonly tree: unknown;
  /** The text determines the content of the bootstrap. */
  readonly hasBootstrap: boolean;
  /** Objects that are not in the text may add routes to the filters. */
  readonly hasOtherRoutes: boolean;
  /** The chain has filters that are not in the text. */
  readonly hasOtherFilters?: boolean;
  /** The remedy for a route that names no API. */
  readonly nameApi: string;
}
