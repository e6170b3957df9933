import { requestAttributes, SERVICE_NAME } from '../envoy-names.ts';
import type { Transaction } from '../policy/index.ts';
import type { TraceSpan, Tracing } from '../tracing/index.ts';
import type { Ending } from './exchange/index.ts';
import type { Attributes } from './wire/index.ts';

const METHOD = `${SERVICE_NAME}/Process`;

/** The gRPC status of a stream that has ended so. A stream that Envoy left has not failed. */
const STATUSES: Readonly<Record<Ending, 'OK' | 'CANCELLED' | 'INVALID_ARGUMENT' | 'INTERNAL'>> = {
  completed: 'OK',
  immediate: 'OK',
  aborted: 'CANCELLED',
  violation: 'INVALID_ARGUMENT',
  failed: 'INTERNAL',
};

/** The span of a stream, made once its parent is known, by the conventions for gRPC servers. */
export function beginStreamSpan(transaction: Transaction, tracing: Tracing, attributes?: Attributes): void {
  const span = tracing.begin(METHOD, 'server', transaction.traceParent);
  transaction.span = span;
  if (!span.isRecorded) return;
  span.set('rpc.system.name', 'grpc');
  span.set('rpc.method', METHOD);
  span.set('lambda_ext_proc.api', transaction.policies.name);
  span.set('lambda_ext_proc.route', attributes?.get(requestAttributes.routeName)?.toString());
}

/** The caller gets an answer of the sidecar's own. `errorKey`: to a failure. */
export function noteAnswer(span: TraceSpan | undefined, status: number, errorKey: string | undefined): void {
  if (span?.isRecorded !== true) return;
  span.set('http.response.status_code', status);
  if (errorKey === undefined) return;
  // An error of the caller is not a failure of the server.
  if (status >= 500) span.fail(errorKey);
  else span.set('error.type', errorKey);
}

export function endStreamSpan(span: TraceSpan | undefined, why: Ending): void {
  if (span?.isRecorded !== true) return;
  const status = STATUSES[why];
  span.set('rpc.response.status_code', status);
  span.set('lambda_ext_proc.outcome', why);
  if (why === 'failed' || why === 'violation') span.fail(status);
  span.end();
}
