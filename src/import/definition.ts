/** An exported API, v2 or v4, reduced to what can be imported, in one form for both versions. */
export interface ApiDefinition {
  readonly version: 'v2' | 'v4';
  readonly mode: ExecutionMode;
  readonly id: string | undefined;
  readonly name: string;
  readonly apiVersion: string | undefined;
  /** Where the gateway listened. */
  readonly entrypoints: readonly Entrypoint[];
  readonly groups: readonly BackendGroup[];
  readonly flowMode: 'DEFAULT' | 'BEST_MATCH';
  /** Whether a request without a matching flow is a 404. */
  readonly matchRequired: boolean;
  readonly flows: readonly Flow[];
  /** Those that callers can use. */
  readonly plans: readonly Plan[];
  /** Restrictions on all callers, besides the plans. */
  readonly guards: readonly Guard[];
  readonly cors: Cors | undefined;
  readonly properties: ReadonlyMap<string, string>;
  readonly dictionaries: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Error key → media type → template. */
  readonly responseTemplates: ReadonlyMap<string, ReadonlyMap<string, ResponseTemplate>>;
}

/**
 * `v3`: scopes count, and in the response phase the API's flows run before the plan's. `v4-emulation-engine`: v2 run by
 * the engine of v4, where the position of a step decides. In both of the newer ones a flow's condition is evaluated
 * once, in the request phase.
 */
export type ExecutionMode = 'v3' | 'v4-emulation-engine' | 'v4';

export interface Entrypoint {
  /** In lower case, without a port; undefined: all hosts. */
  readonly host: string | undefined;
  /** Begins with `/` and ends without one; "" is the root. */
  readonly contextPath: string;
}

/** A restriction on callers that is not imported: its routes are closed. */
export interface Guard {
  /** For `--accept`. */
  readonly name: string;
  /** What it is and what may replace it. */
  readonly what: string;
  /** The places in the definition. */
  readonly fields: readonly string[];
}

export interface BackendGroup {
  readonly name: string;
  readonly loadBalancing: 'ROUND_ROBIN' | 'RANDOM' | 'WEIGHTED_ROUND_ROBIN' | 'WEIGHTED_RANDOM';
  readonly endpoints: readonly Backend[];
  readonly field: string;
}

export interface Backend {
  readonly name: string;
  readonly target: URL;
  readonly weight: number;
  readonly backup: boolean;
  readonly connection: Connection;
  readonly healthCheck: HealthCheck | undefined;
}

/** How to connect to an endpoint. Times are milliseconds. */
export interface Connection {
  readonly connectTimeoutMs?: number;
  readonly readTimeoutMs?: number;
  /** Without a byte in either direction. */
  readonly streamIdleMs?: number;
  /** Of an unused connection. */
  readonly connectionIdleMs?: number;
  readonly connectionLifetimeMs?: number;
  readonly keepAlive?: boolean;
  readonly maxConnections?: number;
  readonly maxWaiting?: number;
  readonly http2?: Http2Options;
  readonly preserveHost?: boolean;
  readonly host?: string;
  /** Set on each request, over what the caller sent. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsOptions;
}

export interface Http2Options {
  readonly maxConcurrentStreams?: number;
  readonly connectionWindow?: number;
  readonly streamWindow?: number;
}

export interface TlsOptions {
  readonly trustAll?: boolean;
  readonly anyName?: boolean;
  /** PEM. */
  readonly trusted?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
}

export interface HealthCheck {
  readonly method: string;
  readonly path: string;
  readonly intervalMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly statuses: readonly number[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface Plan {
  readonly name: string;
  readonly security: string;
  /** Why the import's callers differ from the plan's; undefined: the plan admitted everybody. */
  readonly guard: Guard | undefined;
  readonly flows: readonly Flow[];
}

export interface Flow {
  readonly name: string;
  readonly selector: Selector;
  /** As exported. */
  readonly condition: string | undefined;
  readonly request: readonly Step[];
  readonly response: readonly Step[];
  /** Steps that guarded and are not imported. */
  readonly guards: readonly Guard[];
  /** e.g. "plan gold". */
  readonly owner: string;
  readonly field: string;
}

/** Which requests a flow is for, relative to the context path. */
export interface Selector {
  readonly operator: 'STARTS_WITH' | 'EQUALS';
  /** Segments of the path; one that begins with `:` matches any text, others are regular expressions. */
  readonly segments: readonly string[];
  /** Empty: all. */
  readonly methods: readonly string[];
}

export interface Step {
  readonly name: string;
  readonly description: string | undefined;
  /** As exported; all of them have to hold. */
  readonly conditions: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly field: string;
}

export interface ResponseTemplate {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
  readonly propagateErrorKeyToLogs: boolean;
}

export interface Cors {
  /** `pattern`: a regular expression for the whole origin. */
  readonly origins: readonly ({ readonly exact: string } | { readonly pattern: string })[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly privateNetwork: boolean;
}
