import type { MemoryAccount } from '../memory-account.ts';
import type { InvocationFailureKind } from '../observability/index.ts';
import type { OutgoingTrace, TraceSpan } from '../tracing/index.ts';
import type { InvocationText } from './invocation-texts.ts';

/** One call of one function: every value is final text, expressions are evaluated before. */
export interface Invocation extends Readonly<Partial<Record<InvocationText, string | undefined>>> {
  /** Name, `name:qualifier`, partial or full ARN. */
  readonly functionName: string;
  /** Its name in metrics; absent: the name above. */
  readonly shownName?: string | undefined;
  readonly region: string;
  /** Sent as it is, as application/json. Undefined or empty: no body and no content type. */
  readonly payload?: Uint8Array | undefined;
  /** The same bytes are the payload of many invocations, and nobody changes them: they are hashed once. */
  readonly isPayloadShared?: boolean | undefined;
  readonly invocationType: InvocationType;
  readonly logType: LogType;
  /** Use the same (frozen) object for the same values where possible: the layer caches by identity first, then by value. */
  readonly credentials: CredentialSource;
  readonly transport: TransportOptions;
  readonly retry: RetryOptions;
  readonly trace?: TraceContext | undefined;
  /** Of this invocation: its attempts are children of it, and the function gets their trace instead of `trace`. */
  readonly span?: TraceSpan | undefined;
  /** The answer is charged to it while it arrives; absent: without a limit. */
  readonly memory?: MemoryAccount | undefined;
  /** For `invokeStreaming`, which needs it. */
  readonly streaming?: StreamingTimes | undefined;
}

/** Deadlines of a streamed result after its first chunk, in milliseconds. The times of `transport` end with that chunk. */
export interface StreamingTimes {
  /** While a reader waits and nothing arrives. A reader that pauses does not count. */
  readonly idleTimeoutMs: number;
  /** From the first chunk to the end, whether somebody reads or not. */
  readonly totalTimeoutMs: number;
}

export const invocationTypes = ['RequestResponse', 'Event', 'DryRun'] as const;
export type InvocationType = (typeof invocationTypes)[number];

export const logTypes = ['None', 'Tail'] as const;
export type LogType = (typeof logTypes)[number];

/** Static keys when both are set, else the default chain of the machine; then each role of the chain, then `role`. */
export interface CredentialSource {
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly roleChain?: readonly AssumedRole[] | undefined;
  readonly role?: AssumedRole | undefined;
  /**
   * Of the document, with no part that depends on a request, its region included: however many others there are, its sessions are kept and
   * begin at any time.
   */
  readonly fixed?: boolean | undefined;
}

export interface AssumedRole {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly externalId?: string | undefined;
  readonly durationSeconds?: number | undefined;
}

/** Times in milliseconds; 0 or undefined is off. */
export interface TransportOptions {
  readonly connectionTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly apiCallAttemptTimeoutMs?: number | undefined;
  readonly apiCallTimeoutMs?: number | undefined;
  readonly ssl?: SslOptions | undefined;
  /** Concurrent invocations of one function; further ones are refused at once. Undefined: no limit. */
  readonly maxConcurrency?: number | undefined;
  readonly circuitBreaker?: CircuitBreakerOptions | undefined;
  /**
   * Of inline policies of a route: their limits, circuits and retry budgets belong to this object and are not shared.
   * Otherwise all options with equal values share them.
   */
  readonly isolated?: boolean | undefined;
}

export interface CircuitBreakerOptions {
  /** Consecutive failures that open the circuit. */
  readonly failures: number;
  readonly openMs: number;
}

export interface SslOptions {
  readonly trustAll?: boolean | undefined;
  readonly trustStoreType?: 'JKS' | 'PKCS12' | 'PEM' | undefined;
  readonly trustStorePath?: string | undefined;
  readonly trustStorePassword?: string | undefined;
  /** PEM text, or base64 of a PKCS12 or JKS store. */
  readonly trustStoreContent?: string | undefined;
}

export interface RetryOptions {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  /** The function may run twice: also repeat after the request was sent. Never for Event. */
  readonly idempotent: boolean;
}

/** Headers of the caller's trace, forwarded as they are. */
export type TraceContext = { readonly [K in keyof OutgoingTrace]?: OutgoingTrace[K] | undefined };

/** A 2xx answer of the service. A failed function is a result with `functionError`, not an exception. */
export interface InvocationResult {
  /** 200 RequestResponse, 202 Event, 204 DryRun. */
  readonly status: number;
  /** `Unhandled` or `Handled`. */
  readonly functionError?: string | undefined;
  readonly executedVersion?: string | undefined;
  readonly requestId?: string | undefined;
  /** The decoded tail (at most 4 KB), when asked for. For the log only, never for a caller. */
  readonly logTail?: string | undefined;
  readonly payload: Uint8Array;
  /** Bytes charged to the invocation's `memory` for the payload, which the caller gives back; absent: none. */
  readonly held?: number | undefined;
  readonly attempts: number;
  /** Kinds of the failures after which it was tried again; absent: of none. */
  readonly retried?: readonly InvocationFailureKind[] | undefined;
}

/** A result whose first chunk, or good end, has come. */
export interface StreamingResult {
  readonly executedVersion?: string | undefined;
  readonly requestId?: string | undefined;
  readonly attempts: number;
  /** As of an InvocationResult. */
  readonly retried?: readonly InvocationFailureKind[] | undefined;
  readonly body: StreamedBody;
}

/**
 * The function's bytes while they arrive, for one reader; no piece is empty. What is not read is not fetched. Reading rejects with
 * an InvocationError where the stream breaks off. Whoever does not read to the end must `stop`: until then the invocation counts
 * as under way.
 */
export interface StreamedBody extends AsyncIterableIterator<Uint8Array> {
  /** Closes the connection. A read under way ends, as after the body's end; does nothing once that has come. */
  stop(): void;
  /** The decoded tail (at most 4 KB), after a good end and when asked for. For the log only, never for a caller. */
  readonly logTail: string | undefined;
}

export interface LambdaInvoker {
  /** Throws InvocationError, and nothing else. An aborted signal ends the call and the connection's work at once. */
  invoke(invocation: Invocation, signal?: AbortSignal): Promise<InvocationResult>;
  /**
   * The same by InvokeWithResponseStream, of type RequestResponse. What fails before the first chunk is thrown and repeated as for
   * `invoke`, a function's error too; what fails later rejects the reading.
   */
  invokeStreaming(invocation: Invocation, signal?: AbortSignal): Promise<StreamingResult>;
}
