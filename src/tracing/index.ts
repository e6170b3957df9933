export type { OutgoingTrace, SpanAttributes, TraceSpan, Tracing, TracingObserver } from './span.ts';
export { startTracing } from './start-tracing.ts';
export { readTraceParent, type TraceCarrier, type TraceParent } from './trace-parent.ts';
