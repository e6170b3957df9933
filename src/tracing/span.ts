import type { TraceParent } from './trace-parent.ts';

/** Header fields that pass a trace on to a called service. */
export interface OutgoingTrace {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly xAmznTraceId: string;
}

/** `server`: an incoming call; `client`: an outgoing call. */
export type SpanKind = 'internal' | 'server' | 'client';

export type SpanValue = string | number | boolean;
export type SpanAttributes = Readonly<Record<string, SpanValue | undefined>>;

/**
 * A position in a trace. One that is not recorded costs next to nothing: it is its own child, and accepts no attributes. No text of
 * a caller or a function, and no secret, may be an attribute; names of functions and regions are passed through `redact` first.
 */
export interface TraceSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly isRecorded: boolean;
  /** For calls that are its children. */
  readonly outgoing: OutgoingTrace;
  child(name: string, kind: SpanKind, attributes?: SpanAttributes): TraceSpan;
  /** Applied to texts of this span and of its children. */
  redact(redact: (text: string) => string): void;
  set(name: string, value: SpanValue | undefined): void;
  /** It has failed. `errorType` is one of a limited set; `message` is for readers, and may be in a log. */
  fail(errorType: string, message?: string): void;
  /** Everything after this is ignored. */
  end(): void;
}

/** The tracing of a process; undefined if traces are off. */
export interface Tracing {
  /** Starts a span: a child of a span outside of this process, or the first of a trace. */
  begin(name: string, kind: SpanKind, parent: TraceParent | undefined): TraceSpan;
  /** Sends the remaining spans, for at most this many milliseconds, and ends. Never rejects. */
  close(timeoutMs: number): Promise<void>;
}

/** Counts spans. Each call is cheap and never throws. */
export interface TracingObserver {
  /** `dropped`: the queue was full; `failed`: the receiver did not accept them. */
  spans(outcome: 'exported' | 'failed' | 'dropped', count: number): void;
  /** A stream was selected but is not recorded, because the limit is reached. */
  traceLimited(): void;
}
