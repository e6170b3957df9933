/** An exported API, v2 or v4, reduced to what can be carried: what both versions say in different words. */
export interface ApiDefinition {
  readonly version: 'v2' | 'v4';
  readonly id: string | undefined;
  readonly name: string;
  readonly apiVersion: string | undefined;
  /** Where the gateway listened. */
  readonly entrypoints: readonly Entrypoint[];
  readonly groups: readonly BackendGroup[];
  readonly preserveHost: boolean;
  readonly flowMode: 'DEFAULT' | 'BEST_MATCH';
  readonly flows: readonly Flow[];
  readonly plans: readonly Plan[];
  readonly properties: ReadonlyMap<string, string>;
  readonly dictionaries: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Error key → media type → template. */
  readonly responseTemplates: ReadonlyMap<string, ReadonlyMap<string, ResponseTemplate>>;
}

export interface Entrypoint {
  readonly host: string | undefined;
  /** Begins with `/` and ends without one; "" is the root. */
  readonly contextPath: string;
}

export interface BackendGroup {
  readonly name: string;
  readonly loadBalancing: string;
  readonly connectTimeoutMs: number | undefined;
  readonly readTimeoutMs: number | undefined;
  readonly endpoints: readonly Backend[];
}

export interface Backend {
  readonly name: string;
  readonly target: URL;
  readonly weight: number;
  readonly backup: boolean;
}

export interface Plan {
  readonly name: string;
  readonly security: string;
  readonly flows: readonly Flow[];
}

export interface Flow {
  readonly name: string;
  readonly selector: Selector;
  /** As exported: with or without `{…}`. */
  readonly condition: string | undefined;
  readonly request: readonly Step[];
  readonly response: readonly Step[];
}

/** Which requests a flow is for, relative to the context path. */
export interface Selector {
  readonly operator: 'STARTS_WITH' | 'EQUALS';
  /** Segments of the path; one that begins with `:` stands for any text. */
  readonly segments: readonly string[];
  /** Empty: all. */
  readonly methods: readonly string[];
}

export interface Step {
  readonly name: string;
  readonly description: string | undefined;
  readonly condition: string | undefined;
  readonly configuration: Readonly<Record<string, unknown>>;
}

export interface ResponseTemplate {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
  readonly propagateErrorKeyToLogs: boolean;
}
