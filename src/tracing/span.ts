import type { TraceParent } from './trace-parent.ts';

/** Header fields that bring a trace to whom is called. */
export interface OutgoingTrace {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly xAmznTraceId: string;
}

/** `server`: somebody has called; `client`: somebody is called. */
export type SpanKind = 'internal' | 'server' | 'client';

export type SpanValue = string | number | boolean;
export type SpanAttributes = Readonly<Record<string, SpanValue | undefined>>;

/**
 * A place in a trace. One that is not recorded costs next to nothing: it is its own child, and takes no attributes. No text of a
 * caller or a function, and no secret, may be an attribute; what names of functions and regions hold goes through `redact` first.
 */
export interface TraceSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly isRecorded: boolean;
  /** For calls that are made under it. */
  readonly outgoing: OutgoingTrace;
  child(name: string, kind: SpanKind, attributes?: SpanAttributes): TraceSpan;
  /** Texts of this span and of its children are taken through it. */
  redact(redact: (text: string) => string): void;
  set(name: string, value: SpanValue | undefined): void;
  /** It has failed. `errorType` is one of a bounded set; `message` is for people, and may be in a log. */
  fail(errorType: string, message?: string): void;
  /** What comes afterwards is left out. */
  end(): void;
}

/** What a process that records traces gives to its parts; undefined where traces are off. */
export interface Tracing {
  /** A span that begins here: a child of somebody else's, or the first of a trace. */
  begin(name: string, kind: SpanKind, parent: TraceParent | undefined): TraceSpan;
  /** Sends what is still there, for at most so many milliseconds, and ends. Never rejects. */
  close(timeoutMs: number): Promise<void>;
}

/** Told of what becomes of spans. Each call is cheap and never throws. */
export interface TracingObserver {
  /** `dropped`: the queue was full; `failed`: the receiver did not take them. */
  spans(outcome: 'exported' | 'failed' | 'dropped', count: number): void;
  /** A stream that was to be recorded is not, since so many others are. */
  traceLimited(): void;
}
