import type { ApiScope, EvaluationContext, NodeScope } from '../expression/index.ts';
import type { AuthorizerGrant, BodyPieces, FunctionAnswer } from '../formats/index.ts';
import { type MemoryAccount, NoRoomError, textBytes, unlimitedMemory } from '../memory-account.ts';
import { readTraceParent, type TraceCarrier, type TraceParent, type TraceSpan } from '../tracing/index.ts';
import type { StreamLimits } from './answer.ts';
import type { ApiPolicies, PolicyStep } from './api-policies.ts';
import type { Inflater } from './content-codings.ts';
import type { HttpHeaders } from './http-headers.ts';
import { LambdaResponse } from './lambda-response.ts';
import { type RequestHead, RequestMessage, ResponseMessage } from './message.ts';
import { identityOf, type RequestIdentity } from './request-identity.ts';
import type { PolicyRuntime } from './runtime.ts';

/** One for all requests: an error with a stack for each would cost more than the request. */
const abortReason = new Error('the request ended');

/** What one invocation left for access logs: dynamic metadata `policies.<name>`. */
export interface Execution {
  readonly requestId: string | undefined;
  readonly executedVersion: string | undefined;
  readonly durationMs: number;
  /** Status of the Invoke API; undefined when there was no answer. */
  readonly status: number | undefined;
  /** The result is of another request's invocation; `requestId` and `executedVersion` are that one's. */
  readonly cached?: true;
}

/** The limit on streamed answers of the process at a time. */
export interface ResponseStreams {
  /** Room for one, until its request has ended. False: there is none. */
  takeResponseStream(): boolean;
}

const unlimitedStreams: ResponseStreams = { takeResponseStream: () => true };

/**
 * One HTTP request on its way through an API's policies: what arrived, what steps changed and stored, and whether the caller
 * still waits. Expressions read it. `runPolicies` runs the steps on it.
 */
export class Transaction implements EvaluationContext {
  readonly policies: ApiPolicies;
  readonly runtime: PolicyRuntime;
  /** Bytes that a decoded body may have. */
  readonly bodyLimit: number;
  /** `limits.evaluationMs`: shared by all expressions of the request, including those of its response. */
  readonly evaluationMs: number;
  /** What is kept for the request is charged here. */
  readonly memory: MemoryAccount;
  readonly attributes = new Map<string, unknown>();
  readonly executions = new Map<string, Execution>();
  readonly variables: ReadonlyMap<string, unknown>;
  readonly api: ApiScope;
  readonly node: NodeScope;
  request: RequestMessage | undefined;
  response: ResponseMessage | undefined;
  lambdaResponse: LambdaResponse | undefined;
  errorKey: string | undefined;
  /** What an authorizer said about the caller, if its step has `metadata: true`. */
  shownGrant: AuthorizerGrant | undefined;
  clearRouteCache = false;
  /** A request step's sendToConsumer took effect: `response` is the sidecar's own. */
  answered = false;
  /** The answer's body, while it still arrives: `response` has its status and headers, but not the body. */
  pieces: BodyPieces | undefined;
  /** Of the step whose answer `pieces` are. */
  streamLimits: StreamLimits | undefined;
  /** The step that runs, or ran last. */
  step: PolicyStep | undefined;
  /** Which steps ran and which did not, if that is logged. */
  readonly steps: { readonly ran: string[]; readonly skipped: string[] } | undefined;
  /** Metadata of the gRPC call, which contain Envoy's own trace; undefined without an Envoy. */
  callMetadata: TraceCarrier | undefined;
  /** Of the whole stream; undefined where traces are off. */
  span: TraceSpan | undefined;
  /** Of the step that runs. */
  stepSpan: TraceSpan | undefined;
  /** Milliseconds that invocations took in all. */
  invocationMs = 0;
  /** Ends the running invocation. Each has its own controller: most end by themselves, and aborting a signal is expensive. */
  invocation: AbortController | undefined;
  /** The decoder of a body that is under way. */
  decoder: Inflater | undefined;
  readonly #streams: ResponseStreams;
  #identity: RequestIdentity | undefined;
  #isSampled: boolean | undefined;
  #aborted = false;
  #streamTaken = false;
  #traceParent: { readonly found: TraceParent | undefined } | undefined;

  constructor(
    policies: ApiPolicies,
    runtime: PolicyRuntime,
    bodyLimit: number,
    evaluationMs: number,
    memory: MemoryAccount = unlimitedMemory,
    streams: ResponseStreams = unlimitedStreams,
  ) {
    this.policies = policies;
    this.runtime = runtime;
    this.variables = policies.variables;
    this.api = { ...policies.api, properties: policies.properties };
    this.node = runtime.node;
    this.bodyLimit = bodyLimit;
    this.evaluationMs = evaluationMs;
    this.memory = memory;
    this.steps = runtime.logging.decisions ? { ran: [], skipped: [] } : undefined;
    this.#streams = streams;
  }

  beginRequest(head: RequestHead): RequestMessage {
    this.request = new RequestMessage(head, this.policies.contextPath, this.memory);
    return this.request;
  }

  beginResponse(status: number, headers: HttpHeaders): void {
    this.response = new ResponseMessage(status, headers, this.memory);
  }

  /** Whether lines without a failure are logged for this request: all of them or none. */
  get isSampled(): boolean {
    const { sample } = this.runtime.logging;
    this.#isSampled ??= sample >= 1 || Math.random() < sample;
    return this.#isSampled;
  }

  /** The ids of the request in other systems. Read on first use: many requests log nothing. */
  get identity(): RequestIdentity {
    this.#identity ??= identityOf(this);
    return this.#identity;
  }

  /** A function's answer replaces the previous one. Its body is already charged to the account. */
  receiveAnswer(answer: FunctionAnswer): void {
    this.lambdaResponse?.release();
    this.lambdaResponse = new LambdaResponse(answer, this.memory);
  }

  /** Called before a function with a streamed answer. Throws NoRoomError if there are too many. */
  takeResponseStream(): void {
    if (this.#streamTaken) return;
    if (!this.#streams.takeResponseStream()) throw new NoRoomError(this.memory.shortage);
    this.#streamTaken = true;
  }

  /** The trace that the request belongs to, in 32 hexadecimal digits, for logs and metrics. Undefined: there is none. */
  get traceId(): string | undefined {
    return this.span?.traceId ?? this.traceParent?.traceId;
  }

  /** Whether the trace is recorded, so that it can be found. */
  get isTraceRecorded(): boolean {
    return this.span?.isRecorded ?? this.traceParent?.sampled ?? false;
  }

  /** The span that Envoy made for the call, else the one that the caller's headers name, as they came. */
  get traceParent(): TraceParent | undefined {
    this.#traceParent ??= { found: this.#readTraceParent() };
    return this.#traceParent.found;
  }

  #readTraceParent(): TraceParent | undefined {
    const ofEnvoy = this.callMetadata && readTraceParent(this.callMetadata);
    const headers = this.request?.headers;
    return ofEnvoy ?? (headers && readTraceParent({ values: (name) => headers.received(name) }));
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** The caller no longer waits: the running invocation and an arriving body are cut, and no further step begins. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.invocation?.abort(abortReason);
    this.decoder?.destroy(abortReason);
    this.pieces?.stop();
  }

  /** The caller has its answer: bodies and variables are no longer needed. */
  letGo(): void {
    this.letBodiesGo();
    for (const value of this.attributes.values()) {
      if (typeof value === 'string') this.memory.give(textBytes(value));
    }
    this.attributes.clear();
  }

  /** No more steps run. What describes the request, its variables included, stays. */
  letBodiesGo(): void {
    this.request?.setBody(undefined);
    this.response?.setBody(undefined);
    this.lambdaResponse?.release();
    this.lambdaResponse = undefined;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw abortReason;
  }
}
