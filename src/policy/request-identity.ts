import type { Transaction } from './transaction.ts';

/** Ids by which a request is found in other logs and in traces. */
export interface RequestIdentity {
  /** `x-request-id` as it came, cut to 128 characters. */
  readonly requestId: string | undefined;
  /** Of the stream's span; if traces are off, of Envoy's span for the call, otherwise of the caller's `traceparent`. */
  readonly traceId: string | undefined;
  /** The same where the trace is recorded: for exemplars, which lead to it. */
  readonly recordedTraceId: string | undefined;
  /** As Envoy names it, cut to 128 characters. */
  readonly route: string | undefined;
}

const MAX_TEXT = 128;

/** Of the original headers: changes by policies are for the backend. */
export function identityOf({
  request,
  traceId,
  isTraceRecorded,
}: Pick<Transaction, 'request' | 'traceId' | 'isTraceRecorded'>): RequestIdentity {
  return {
    requestId: request?.headers.received('x-request-id')?.[0]?.slice(0, MAX_TEXT),
    traceId,
    recordedTraceId: isTraceRecorded ? traceId : undefined,
    route: request?.route?.slice(0, MAX_TEXT),
  };
}
