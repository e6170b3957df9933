import type { ProcessingResponse } from '../ext-proc/index.ts';
import type { Invocation, InvocationError, InvocationResult } from '../lambda/index.ts';
import type { AppliedMutations, PolicyFailure, PolicyStep, ResponseTemplate, TraceEvent } from '../policy/index.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';

/** One invocation with its result or error. */
export interface RecordedCall {
  readonly invocation: Invocation;
  readonly result: InvocationResult | undefined;
  readonly error: InvocationError | undefined;
  /** The result is cached, from an earlier call. */
  readonly cached: boolean;
}

/** A function's result as HTTP, or as `#lambdaResponse` shows it. */
export type RecordedAnswer = Extract<TraceEvent, { readonly kind: 'answer' }>['answer'];

/** What an authorizer's answer means for the request. */
export type RecordedJudgement = Omit<Extract<TraceEvent, { readonly kind: 'judgement' }>, 'kind'>;

/** What one policy did. A field that is undefined did not happen. */
export interface RecordedStep {
  readonly step: PolicyStep;
  readonly phase: 'request' | 'response';
  /** Undefined: it has none. `error`: it could not be evaluated. */
  readonly condition: { readonly value: boolean; readonly error: unknown } | undefined;
  /** Its result may be cached, but this request has no key for it. */
  readonly isUncacheable: boolean;
  /** Undefined: it was skipped, or failed before. */
  readonly call: RecordedCall | undefined;
  readonly answer: RecordedAnswer | undefined;
  /** Of an authorizer that gave one. */
  readonly judgement: RecordedJudgement | undefined;
  readonly variables: readonly (readonly [name: string, value: string | null])[];
  readonly sendToConsumer: boolean | undefined;
  readonly mutations: AppliedMutations | undefined;
  /** Headers that were removed, since the step's mutations did not apply. */
  readonly cleared: readonly string[];
  /** `goesOn`: the request continues, by `onError: continue`. */
  readonly failure: { readonly failure: PolicyFailure; readonly goesOn: boolean } | undefined;
}

/** The error that the caller is answered with. */
export interface RecordedError {
  readonly failure: PolicyFailure;
  /** Undefined: the default body. */
  readonly template: ResponseTemplate | undefined;
}

/** A response that was streamed to the caller. */
export interface RecordedStream {
  /** Messages with bytes of its body. */
  readonly pieces: number;
  /** The key of the error that cut it; undefined: it is complete. */
  readonly cutBy: string | undefined;
}

/** One request on its way through an API's policies, from its headers to the caller's answer. */
export interface RecordedRun {
  /** In the order in which they ran, without those of a phase that was never reached. */
  readonly steps: readonly RecordedStep[];
  /** Undefined: the backend was never called. */
  readonly forwarded: HttpRequest | undefined;
  readonly response: HttpResponse;
  /** Undefined: the response was sent when it was complete. */
  readonly streamed: RecordedStream | undefined;
  /** The variables that policies set, by name. */
  readonly attributes: ReadonlyMap<string, string | null>;
  readonly error: RecordedError | undefined;
  /** Why Envoy itself would fail the request; the caller's 500 is Envoy's then. */
  readonly rejection: string | undefined;
  /** The replies to Envoy, in order. */
  readonly replies: readonly ProcessingResponse[];
  /** Lines of the log from `warn` on, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Milliseconds that functions were waited for. */
  readonly waitedMs: number;
}
