import type { InvocationObserver } from '../policy/index.ts';
import type { Ending } from './exchange/index.ts';
import type { Phase } from './wire/index.ts';

/** What happened, for metrics. Each call is cheap and never throws. */
export interface StreamObserver extends InvocationObserver {
  streamOpened(): void;
  streamClosed(outcome: Ending): void;
  message(phase: Phase): void;
  /** Seconds of a whole stream that were not spent waiting for Envoy or Lambda. Once for each stream. */
  sidecarTime(seconds: number): void;
  passThrough(reason: string): void;
  bodyUnavailable(api: string): void;
  limitReached(limit: 'body' | 'streams' | 'buffered_bytes'): void;
  immediateResponse(reason: string): void;
  protocolViolation(kind: string): void;
}
