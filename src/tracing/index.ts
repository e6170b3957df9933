export { readTraceParent, type TraceCarrier, type TraceParent } from './trace-parent.ts';
