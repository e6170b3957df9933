import type { BodyTemplate, CompiledTemplate, Secret, ValueList } from '../expression/index.ts';
import type {
  Authorizer,
  BodyNeeds,
  RequestFormat,
  Resource,
  ResponseFormat,
  StreamedResponseFormat,
} from '../formats/index.ts';
import type {
  CredentialSource,
  ErrorStatusField,
  Invocation,
  InvocationText,
  InvocationType,
  LogType,
  RetryOptions,
  StreamingTimes,
  TransportOptions,
} from '../lambda/index.ts';
import type { StreamLimits } from './answer.ts';

/** Everything that one API does, compiled: made by config/ from a checked document, run by this folder. Immutable. */
export interface ApiPolicies {
  /** As in `apis.<name>`; for inline policies `inline:` and a short hash of the text. */
  readonly name: string;
  /** `#properties` and `#api.properties`. */
  readonly properties: ReadonlyMap<string, unknown>;
  /** `#api`'s id, name and version, if the document has them. */
  readonly api: { readonly id: string | null; readonly name: string | null; readonly version: string | null };
  /** Further root variables of the document: `dictionaries`, `endpoints` … */
  readonly variables: ReadonlyMap<string, unknown>;
  /** `#request.contextPath`: `/`, or `/orders/`; null where the document has none. */
  readonly contextPath: string | null;
  readonly request: readonly PolicyStep[];
  readonly response: readonly PolicyStep[];
  readonly responseTemplates: ResponseTemplates;
  /** Names of variables whose values appear neither in metadata nor in the log, whichever step sets them. */
  readonly privateVariables: ReadonlySet<string>;
  /** What the document says about the Envoy in front. */
  readonly envoy: EnvoySettings;
  /** For Envoy's processing mode: which messages and bodies any step can read. */
  readonly needs: PhaseNeeds;
}

/** Settings of Envoy that it does not expose. Undefined: the configuration does not say. */
export interface EnvoySettings {
  /** The filter's `allow_mode_override`. */
  readonly allowModeOverride: boolean | undefined;
  /** The filter's `response_header_mode` is SEND. */
  readonly responseHeaders: boolean | undefined;
  /** `message_timeout` and `max_message_timeout`, milliseconds. */
  readonly messageTimeoutMs: number | undefined;
  readonly maxMessageTimeoutMs: number | undefined;
  /** As `1.40`. */
  readonly version: string | undefined;
  /** How many cookies of one streamed answer reach callers: one, and one for each entry of a `header_mutation` filter. */
  readonly streamedCookies: number | undefined;
}

export interface PhaseNeeds {
  /** A request step, or a response step through `#request.content`, reads the request's body. */
  readonly requestBody: boolean;
  /** Of these: a template reads it as text, so its content codings are decoded. */
  readonly requestText: boolean;
  /** Of these: a request format sends it as it came. */
  readonly requestBytes: boolean;
  /** There are response steps. */
  readonly response: boolean;
  /** A response step reads the response's body. */
  readonly responseBody: boolean;
  /** A request step answers the caller whatever happens: it has no condition and `sendToConsumer: true`. */
  readonly answersAlways: boolean;
  /** A step reads `#request.ssl`, which Envoy sends only if the filter's `request_attributes` ask for it. */
  readonly certificates: boolean;
  /** What templates read of `#request.metadata`; undefined: nothing, and it is not kept. */
  readonly metadata: MetadataReads | undefined;
  /** The headers that templates name, in lower case: `check` reports one that Envoy withholds. */
  readonly headers: ReadonlySet<string>;
  /** A step makes AWS events, which contain all headers and the caller's connection: what Envoy does not expose is missing there. */
  readonly events: boolean;
}

export interface MetadataReads {
  /** Those that are named. */
  readonly namespaces: ReadonlySet<string>;
  /** Others too: an expression computes the name, or the whole value is read. */
  readonly others: boolean;
}

/** The bodies that a step reads. */
export interface StepNeeds extends BodyNeeds {
  /** See PhaseNeeds. */
  readonly requestText: boolean;
  readonly requestBytes: boolean;
}

export interface PolicyStep {
  /** Unique in the API. */
  readonly name: string;
  readonly condition: CompiledTemplate | undefined;
  readonly onConditionError: 'skip' | 'fail';
  readonly onError: 'fail' | 'continue';
  /**
   * `as-needed`: the body is read when a template mentions it (v4). `absent`: `content` is null whatever is mentioned
   * (v2 scopes REQUEST and RESPONSE). `buffered`: the body is read in any case (v2 scopes *_CONTENT).
   */
  readonly body: 'as-needed' | 'absent' | 'buffered';
  readonly needs: StepNeeds;
  /** The step asks its function whether the request may continue. */
  readonly authorizer: AuthorizerStep | undefined;
  readonly configuration: LambdaConfiguration;
}

export interface AuthorizerStep {
  readonly authorizer: Authorizer;
  /** What it says about the caller goes to Envoy's dynamic metadata. */
  readonly metadata: boolean;
  /** The step's condition may depend on the path: an ambiguous path is refused before the condition is evaluated. */
  readonly isByPath: boolean;
}

/** The policy's object with every string compiled. A template that gives null or "" is never treated as absent. */
export interface LambdaConfiguration {
  readonly function: CompiledTemplate;
  readonly region: CompiledTemplate;
  readonly texts: TextTemplates;
  /** How the request or response becomes the payload. */
  readonly requestFormat: RequestFormat;
  /** What the request's path must look like; its names are `#request.pathParams`. */
  readonly resource: Resource | undefined;
  /** How the function's result becomes an HTTP answer. */
  readonly responseFormat: ResponseFormat;
  readonly invocationType: InvocationType;
  readonly logType: LogType;
  readonly credentials: CredentialTemplates;
  /** Secrets of the credentials that are refreshed before the credentials are evaluated. */
  readonly secrets: readonly Secret[];
  readonly transport: TransportOptions;
  readonly retry: RetryOptions;
  readonly variables: readonly VariableTemplate[];
  /** False, true, or an expression that is evaluated after the invocation. */
  readonly sendToConsumer: boolean | CompiledTemplate;
  /** Of the phase's message, where sendToConsumer does not take effect. */
  readonly mutations: MutationTemplates;
  /** Of the function's answer, where sendToConsumer takes effect. */
  readonly answer: MessageTemplates;
  /** Status to the caller instead of the reference's 500, by class of failure. */
  readonly errorStatus: ErrorStatus;
  /** How long results are kept, and for whom; undefined: each request calls the function. */
  readonly cache: CacheConfiguration | undefined;
  /** The answer is streamed to the caller; undefined: sent when it is complete. Only if `sendToConsumer` is true. */
  readonly streaming: StreamingConfiguration | undefined;
  /** Allowed values of its expressions; undefined: no value needs a check for each request. */
  readonly frame: InvocationFrame | undefined;
}

export interface StreamingConfiguration {
  readonly limits: StreamLimits;
  readonly times: StreamingTimes;
  /** How the function's bytes become an HTTP answer. */
  readonly format: StreamedResponseFormat;
}

/** Results of the function are kept and given to later requests of the same key. */
export interface CacheConfiguration {
  readonly ttlMs: number;
  /** What distinguishes requests, besides the function and the identity that calls it; undefined: the whole payload. */
  readonly key: ValueList | undefined;
  readonly maxEntries: number;
  /** Whose share of the memory the results use: the API's name, or INLINE_CACHE_OWNER for all inline policies. */
  readonly owner: string;
  /** This step in this API as it is configured: a hash. */
  readonly space: string;
}

/** Limits the values of expressions at run time. Texts without expressions were checked when the policies were compiled. */
export interface InvocationFrame {
  /** Why the invocation may not be made; undefined: it may. */
  refusal(invocation: Invocation): FrameRefusal | undefined;
}

export interface FrameRefusal {
  /** Caused by the policies' author, or by the document together with this request. */
  readonly key: 'LAMBDA_EXT_PROC_INVALID_POLICIES' | 'LAMBDA_EXT_PROC_NOT_ALLOWED';
  /** As in policies.yaml: for the caller. */
  readonly field: 'function' | 'region' | 'endpoint' | 'roleArn' | 'accessKey';
  /** For the log: names the value. */
  readonly reason: string;
}

/** By name, as in an Invocation. */
export type TextTemplates = Readonly<Partial<Record<InvocationText, CompiledTemplate | undefined>>>;

/** By class of failure. Only `honest` has a status for `unavailable`. */
export type ErrorStatus = Readonly<Partial<Record<ErrorStatusField, number | undefined>>>;

/** When all templates are constant, `constant` is the one object used for every request. */
export interface CredentialTemplates {
  readonly constant: CredentialSource | undefined;
  readonly accessKey: CompiledTemplate | undefined;
  readonly secretKey: CompiledTemplate | undefined;
  readonly sessionToken: CompiledTemplate | undefined;
  readonly roleChain: readonly RoleTemplates[];
  readonly role: RoleTemplates | undefined;
}

export interface RoleTemplates {
  readonly roleArn: CompiledTemplate;
  readonly roleSessionName: CompiledTemplate | undefined;
  readonly externalId: CompiledTemplate | undefined;
  readonly durationSeconds: number | undefined;
}

export interface VariableTemplate {
  readonly name: string;
  /** See ApiPolicies.privateVariables. */
  readonly private: boolean;
  /** Undefined: the variable becomes null. */
  readonly value: CompiledTemplate | undefined;
}

/** The changes of a step to a request, a response or an answer. */
export interface MessageTemplates {
  /** Names in lower case. Undefined removes the header. */
  readonly set: readonly (readonly [name: string, value: CompiledTemplate | undefined])[];
  readonly append: readonly (readonly [name: string, value: CompiledTemplate])[];
  readonly remove: readonly string[];
  readonly body: BodyTemplate | undefined;
  /** Undefined for a request. */
  readonly status: CompiledTemplate | number | undefined;
}

export interface MutationTemplates extends MessageTemplates {
  readonly path: CompiledTemplate | undefined;
  readonly clearRouteCache: boolean;
}

/** Error key → media type → template. The key may be `DEFAULT`, the media type a wildcard. */
export type ResponseTemplates = ReadonlyMap<string, ReadonlyMap<string, ResponseTemplate>>;

export interface ResponseTemplate {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: CompiledTemplate])[];
  readonly body: BodyTemplate | undefined;
  readonly propagateErrorKeyToLogs: boolean;
}
