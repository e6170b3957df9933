export type { OutgoingTrace, TraceSpan, Tracing } from './span.ts';
export { startTracing } from './start-tracing.ts';
export { readTraceParent, type TraceCarrier, type TraceParent } from './trace-parent.ts';
