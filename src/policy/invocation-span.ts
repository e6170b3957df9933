import type { Invocation } from '../lambda/index.ts';
import type { InvocationEnd } from '../observability/index.ts';
import type { TraceSpan } from '../tracing/index.ts';
import type { Redact } from './private-variables.ts';
import type { Execution, Transaction } from './transaction.ts';

export type LambdaOperation = 'Invoke' | 'InvokeWithResponseStream';

interface TracedCall {
  readonly transaction: Transaction;
  readonly invocation: Invocation;
  /** See BegunReport. */
  readonly redact: Redact | undefined;
}

/** By the conventions for calls of AWS's API and of functions. Undefined where traces are off. */
export function beginInvocationSpan(
  { transaction, invocation, redact }: TracedCall,
  operation: LambdaOperation,
): TraceSpan | undefined {
  const parent = transaction.stepSpan ?? transaction.span;
  if (parent?.isRecorded !== true) return parent;
  const span = parent.child(`Lambda.${operation}`, 'client');
  if (redact !== undefined) span.redact(redact);
  span.set('rpc.system.name', 'aws-api');
  span.set('rpc.method', `Lambda/${operation}`);
  span.set('faas.invoked_provider', 'aws');
  span.set('faas.invoked_name', invocation.functionName);
  span.set('faas.invoked_region', invocation.region);
  return span;
}

/** The invocation as it is sent: its attempts are children of the span. */
export function traced(invocation: Invocation, span: TraceSpan | undefined): Invocation {
  return span === undefined ? invocation : { ...invocation, span };
}

/** The end's `kind` is the type of the error, as in logs and metrics. */
export function endInvocationSpan(
  span: TraceSpan | undefined,
  { status, requestId }: Execution,
  { attempts, kind }: Pick<InvocationEnd, 'attempts' | 'kind'>,
): void {
  if (span?.isRecorded !== true) return;
  span.set('http.response.status_code', status);
  span.set('aws.request_id', requestId);
  span.set('lambda_ext_proc.attempts', attempts);
  if (kind !== '') span.fail(kind);
  span.end();
}
