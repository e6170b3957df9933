import type { TraceContext } from '../types.ts';

/** What a header may hold; a caller's trace is forwarded only when it is clean, and never fails the call. */
const HEADER_VALUE = /^[\x20-\x7e]{1,2048}$/;

/**
 * Adds the caller's trace headers. They are not signed (the SDK never signs x-amzn-trace-id): an intermediary
 * may continue a trace with a value of its own.
 */
export function addTraceHeaders(headers: string[], trace: TraceContext): void {
  const { xAmznTraceId, traceparent, tracestate } = trace;
  if (xAmznTraceId !== undefined && HEADER_VALUE.test(xAmznTraceId)) headers.push('x-amzn-trace-id', xAmznTraceId);
  if (traceparent === undefined || !HEADER_VALUE.test(traceparent)) return;
  headers.push('traceparent', traceparent);
  if (tracestate !== undefined && HEADER_VALUE.test(tracestate)) headers.push('tracestate', tracestate);
}
