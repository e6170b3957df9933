import type { TraceSpan } from '../tracing/index.ts';
import { InvocationError } from './invocation-error.ts';
import type { Target } from './request/target.ts';

/** One request of an invocation, by the conventions for HTTP clients. `attempt` from 1. Undefined where traces are off. */
export function beginAttemptSpan(
  invocation: TraceSpan | undefined,
  { origin }: Target,
  attempt: number,
): TraceSpan | undefined {
  if (invocation?.isRecorded !== true) return invocation;
  // Without the path, which holds what was asked for.
  const { hostname, port, protocol } = new URL(origin);
  return invocation.child('POST', 'client', {
    'http.request.method': 'POST',
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    'http.request.resend_count': attempt > 1 ? attempt - 1 : undefined,
  });
}

/** `status`: of the answer, where one has come. */
export function endAttemptSpan(span: TraceSpan | undefined, status: number | undefined, error?: unknown): void {
  if (span?.isRecorded !== true) return;
  span.set('http.response.status_code', status);
  if (error instanceof InvocationError) span.fail(error.errorType ?? error.failure);
  else if (error !== undefined) span.fail('_OTHER');
  span.end();
}
