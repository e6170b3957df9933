import type { LabelValue } from '../observability/index.ts';
import type { InvocationObserver } from '../policy/index.ts';

/** What happened, for metrics. Each call is cheap and never throws. */
export interface StreamObserver extends InvocationObserver {
  streamOpened(): void;
  streamClosed(outcome: LabelValue<'streams', 'outcome'>): void;
  message(phase: LabelValue<'messages', 'phase'>): void;
  /** Seconds of a whole stream that were not spent waiting for Envoy or Lambda. Once for each stream. `traceId`: of a recorded trace. */
  sidecarTime(api: string, seconds: number, traceId: string | undefined): void;
  passThrough(reason: LabelValue<'passThroughs', 'reason'>): void;
  bodyUnavailable(api: string): void;
  /** Observability mode: the policies of this side did not run, since its body did not come to its end. */
  eventDropped(phase: LabelValue<'droppedEvents', 'phase'>): void;
  unattributedResponse(request: LabelValue<'unattributedResponses', 'request'>): void;
  limitReached(limit: LabelValue<'limits', 'limit'>): void;
  immediateResponse(api: string, reason: string): void;
  protocolViolation(kind: string): void;
  /** An answer is sent while it arrives. */
  responseStreamOpened(): void;
  /** Its first byte, or its end, is written. Seconds since the request came. */
  responseStreamBegan(seconds: number): void;
  responseStreamBytes(bytes: number): void;
  /** Undefined: it came to its end. */
  responseStreamClosed(cut: LabelValue<'responseStreamCuts', 'reason'> | undefined): void;
  /** An answer that should be streamed is collected and sent at once. */
  answerCollected(reason: LabelValue<'collectedAnswers', 'reason'>): void;
}
