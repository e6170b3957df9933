/** An Envoy configuration that a control plane makes of objects. */
export interface Translation {
  /** For `lay`: a bootstrap with static resources. */
  readonly tree: unknown;
  /** The text says what the bootstrap has. */
  readonly hasBootstrap: boolean;
  /** Routes may reach the filters by objects that are not in the text. */
  readonly hasOtherRoutes: boolean;
  /** The chain has filters that are not in the text. */
  readonly hasOtherFilters?: boolean;
  /** What to do about a route that names no API. */
  readonly nameApi: string;
}
