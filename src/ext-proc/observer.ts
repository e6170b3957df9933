import type { InvocationObserver } from '../policy/index.ts';

export type StreamOutcome = 'completed' | 'immediate' | 'aborted' | 'violation' | 'failed';
export type Phase =
  | 'request_headers'
  | 'request_body'
  | 'request_trailers'
  | 'response_headers'
  | 'response_body'
  | 'response_trailers';

/** What happened, for metrics. Each call is cheap and never throws. */
export interface StreamObserver extends InvocationObserver {
  streamOpened(): void;
  streamClosed(outcome: StreamOutcome): void;
  message(phase: Phase): void;
  /** Seconds of a stream that were not spent waiting for Envoy or Lambda. */
  sidecarTime(seconds: number): void;
  passThrough(reason: string): void;
  bodyUnavailable(api: string): void;
  limitReached(limit: 'body' | 'streams' | 'buffered_bytes'): void;
  immediateResponse(reason: string): void;
  protocolViolation(kind: string): void;
}
