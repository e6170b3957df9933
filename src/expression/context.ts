/**
 * The data that a template can read. The caller builds one object for each transaction and may fill it in as the transaction
 * proceeds; nothing here is copied, and only what the template mentions is read.
 *
 * A property that is `undefined` is an unknown variable (null in the language); plain data (string, number, boolean,
 * null, arrays, records without a relevant prototype chain, `Map`) may be in `variables`.
 */
export interface EvaluationContext {
  readonly request?: RequestScope | undefined;
  readonly response?: ResponseScope | undefined;
  readonly lambdaResponse?: LambdaResponseScope | undefined;
  readonly error?: ErrorScope | undefined;
  /** `#context.attributes`: looked up as written, then with the prefix `gravitee.attribute.`. */
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly api?: ApiScope | undefined;
  readonly node?: NodeScope | undefined;
  /** Every other root variable: `properties`, `dictionaries`, `endpoints`, `parameters` … */
  readonly variables: ReadonlyMap<string, unknown>;
  /**
   * Milliseconds of this thread's CPU time that all evaluations with this context may take; undefined: no limit.
   * Above it they throw an ExpressionError that is `exhausted`.
   */
  readonly evaluationMs?: number | undefined;
}

/** Headers of one message. Names are compared without case; the order of values is the order of arrival. */
export interface HeaderScope {
  /** All values of one header, or undefined when it is absent. `name` is in lower case. */
  values(name: string): readonly string[] | undefined;
  /** Distinct names in order of arrival, spelled as they came. */
  names(): readonly string[];
}

/** Query or path parameters: case-sensitive names, several values each, in order. */
export type ParameterScope = ReadonlyMap<string, readonly string[]>;

export interface MessageScope {
  readonly headers: HeaderScope;
  /** The body as text; "" when there is none, null before it is known. May be a getter that decodes on first use. */
  readonly content: string | null;
}

export interface RequestScope extends MessageScope {
  readonly id: string | null;
  readonly transactionId: string | null;
  /** Path with query, as received. */
  readonly uri: string;
  /** Path without query. */
  readonly path: string;
  readonly contextPath: string | null;
  readonly pathInfo: string | null;
  readonly method: string;
  readonly scheme: string | null;
  readonly host: string | null;
  /** `HTTP_1_0`, `HTTP_1_1`, `HTTP_2`. */
  readonly version: string | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly remoteAddress: string | null;
  readonly localAddress: string | null;
  readonly params: ParameterScope;
  readonly pathParams: ParameterScope;
  readonly ssl: SslScope | null;
  /** Dynamic metadata of Envoy's, by namespace: maps, lists, texts, numbers, booleans and null. */
  readonly metadata: ReadonlyMap<string, unknown>;
}

/** TLS facts of the connection; distinguished names are RFC 2253 text. */
export interface SslScope {
  readonly clientHost: string | null;
  readonly clientPort: number | null;
  readonly client: string | null;
  readonly server: string | null;
}

export interface ResponseScope extends MessageScope {
  readonly status: number;
}

/** The function's answer as the step's response format reads it. */
export interface LambdaResponseScope {
  readonly status: number;
  readonly headers: HeaderScope;
  readonly content: string;
}

export interface ErrorScope {
  readonly statusCode: number;
  readonly key: string;
  readonly message: string;
  readonly parameters: ReadonlyMap<string, unknown>;
}

export interface ApiScope {
  readonly id: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly properties: ReadonlyMap<string, unknown>;
}

export interface NodeScope {
  readonly id: string | null;
  readonly version: string | null;
  readonly tenant: string | null;
  readonly zone: string | null;
  readonly shardingTags: readonly string[];
}
