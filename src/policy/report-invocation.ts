import { failureKindOf, type Invocation, type InvocationError, type InvocationResult } from '../lambda/index.ts';
import {
  describeError,
  type InvocationEnd,
  type InvocationFailureKind,
  type InvocationLabels,
  type OpenInvocation,
} from '../observability/index.ts';
import type { TraceSpan } from '../tracing/index.ts';
import type { PolicyStep } from './api-policies.ts';
import { kindOf } from './failure-kind.ts';
import { cutText, type FunctionErrorFacts, functionErrorOf } from './function-error.ts';
import { beginInvocationSpan, endInvocationSpan, type LambdaOperation } from './invocation-span.ts';
import type { PolicyFailure } from './policy-failure.ts';
import { type Redact, withoutQuotes } from './private-variables.ts';
import type { Execution, Transaction } from './transaction.ts';

/** An invocation that is reported once it has ended. */
export interface BegunReport {
  readonly transaction: Transaction;
  readonly step: PolicyStep;
  readonly invocation: Invocation;
  /** Masks texts for the log. Made when the call begins: it may end after its request. */
  readonly redact: Redact | undefined;
  /** Its name in log lines and metrics. */
  readonly labels: InvocationLabels;
  /** It counts as running until its end is reported here. */
  readonly open: OpenInvocation;
  /** The same; undefined where traces are off. */
  readonly span: TraceSpan | undefined;
}

/** One that is over. */
export interface EndedInvocation extends BegunReport {
  readonly durationMs: number;
  /** The part of it that the policies waited; absent: all of it. */
  readonly waitedMs?: number;
}

/** The invocation begins now. */
export function beginReport(
  { transaction, step, invocation, redact }: Omit<BegunReport, 'labels' | 'open' | 'span'>,
  operation: LambdaOperation,
): BegunReport {
  const { functionName } = invocation;
  const labels = {
    api: transaction.policies.name,
    policy: step.name,
    function: redact?.(functionName) ?? functionName,
  };
  const span = beginInvocationSpan({ transaction, invocation, redact }, operation);
  return { transaction, step, invocation, redact, labels, open: transaction.runtime.observer.invocation(labels), span };
}

/** The log line, the metrics and the metadata of an invocation without a result. `bytes`: received from one that streams. */
export function reportError(
  ended: EndedInvocation,
  error: InvocationError,
  failure: PolicyFailure,
  bytes?: number,
): void {
  const { statusCode, errorType, requestId: awsRequestId, attempts, retried, message, throttling } = error;
  const { durationMs, redact } = ended;
  const kind = failureKindOf(error);
  const { key } = failure;
  const outcome = outcomeOf(kind);
  const execution = { requestId: awsRequestId, executedVersion: undefined, durationMs, status: statusCode };
  count(ended, { outcome, kind, key, attempts, retried, throttledBy: throttling?.limit }, execution);
  const text = quotable(message, redact);
  // What a function says about its own failure is logged separately, if that is enabled.
  const isFunction = kind === 'function_error';
  const said = isFunction ? { type: errorType, message } : undefined;
  log(ended, {
    outcome,
    kind,
    key,
    statusCode,
    errorType: isFunction ? undefined : errorType,
    awsRequestId,
    attempts,
    reason: isFunction ? undefined : text,
    throttling,
    said: saidBy(ended, said),
    bytes,
    logTail: shown(ended, error.logTail),
  });
  if (isFunction)
    ended.transaction.runtime.logger.debug({ ...ended.labels, awsRequestId, payload: text }, 'function error');
}

function outcomeOf(kind: InvocationFailureKind): 'aborted' | 'function_error' | 'error' {
  if (kind === 'aborted') return 'aborted';
  return kind === 'function_error' ? 'function_error' : 'error';
}

/** As reportError, of a call whose answer was not read to its end. */
export function reportStopped(ended: EndedInvocation, result: InvocationResult, bytes: number): void {
  const { status, executedVersion, requestId: awsRequestId, attempts, retried } = result;
  const { durationMs } = ended;
  const outcome = 'aborted';
  const kind = 'aborted';
  count(
    ended,
    { outcome, kind, key: '', attempts, retried },
    { requestId: awsRequestId, executedVersion, durationMs, status },
  );
  log(ended, { outcome, kind, statusCode: status, executedVersion, awsRequestId, attempts, bytes });
}

/** As reportError, of one that gave a result; `failure` where the function itself failed. */
export function reportResult(
  ended: EndedInvocation,
  result: InvocationResult,
  failure: PolicyFailure | undefined,
  bytes?: number,
): void {
  const { status, functionError, executedVersion, requestId: awsRequestId, attempts, retried, logTail } = result;
  const { durationMs, transaction } = ended;
  const key = failure?.key ?? '';
  const outcome = failure === undefined ? 'ok' : 'function_error';
  const kind = failure === undefined ? '' : resultKind(failure);
  count(
    ended,
    { outcome, kind, key, attempts, retried },
    { requestId: awsRequestId, executedVersion, durationMs, status },
  );
  if (failure === undefined && !transaction.isSampled) return;
  const { logger } = transaction.runtime;
  log(ended, {
    outcome,
    kind: kind || undefined,
    key: failure?.key,
    statusCode: status,
    functionError,
    reason: isUnusable(kind) ? quotable(describeError(failure?.cause), ended.redact) : undefined,
    said: functionError === undefined ? undefined : saidBy(ended, functionErrorOf(result.payload)),
    executedVersion,
    awsRequestId,
    attempts,
    bytes,
    logTail: shown(ended, logTail),
  });
  if (failure !== undefined && logger.isLevelEnabled('debug')) {
    const payload = shown(ended, Buffer.from(result.payload).toString());
    logger.debug({ ...ended.labels, awsRequestId, payload }, 'function error');
  }
}

/** An invalid result fails by its format, by lack of room in the process, or as the function says. */
function resultKind(failure: PolicyFailure): InvocationFailureKind {
  const kind = kindOf(failure);
  if (kind === 'overloaded') return 'no_room';
  return kind === 'function_error' || kind === 'unauthorized' ? kind : 'invalid_result';
}

/** The function has answered, and its answer cannot be used. */
function isUnusable(kind: InvocationEnd['kind']): boolean {
  return kind === 'invalid_result' || kind === 'no_room';
}

/** What the function says about its own failure, each text cut to 1 KB: it may contain anything a caller sent. */
function saidBy(
  { transaction, redact }: EndedInvocation,
  said: FunctionErrorFacts | undefined,
): FunctionErrorFacts | undefined {
  if (said === undefined || !transaction.runtime.logging.functionErrors) return undefined;
  // Cut last: a private value that is cut in the middle would not be found.
  const text = (value: string | undefined): string | undefined => value && cutText(quotable(value, redact));
  return { type: text(said.type), message: text(said.message) };
}

/** Text of AWS, a function or a format, which may quote a part of a private value. */
function quotable(text: string, redact: Redact | undefined): string {
  return redact === undefined ? text : withoutQuotes(redact(text));
}

/** Without private variables. */
function shown({ redact }: EndedInvocation, text: string | undefined): string | undefined {
  return text === undefined ? undefined : (redact?.(text) ?? text);
}

/** What differs between ends, in the log line. */
interface LoggedEnd {
  readonly outcome: InvocationEnd['outcome'];
  readonly kind?: InvocationFailureKind | undefined;
  readonly key?: string | undefined;
  readonly statusCode: number | undefined;
  readonly errorType?: string | undefined;
  readonly functionError?: string | undefined;
  readonly reason?: string | undefined;
  readonly throttling?: InvocationError['throttling'];
  readonly said?: FunctionErrorFacts | undefined;
  readonly executedVersion?: string | undefined;
  readonly awsRequestId: string | undefined;
  readonly attempts: number;
  readonly bytes?: number | undefined;
  readonly logTail?: string | undefined;
}

/** All fields in one object literal: an object merged from several takes longer to create and to write. */
function log(ended: EndedInvocation, end: LoggedEnd): void {
  const { labels, transaction, invocation, durationMs } = ended;
  const { requestId, traceId, route } = transaction.identity;
  const { throttling, said } = end;
  transaction.runtime.logger.info(
    {
      requestId,
      traceId,
      route,
      api: labels.api,
      policy: labels.policy,
      function: labels.function,
      region: shown(ended, invocation.region),
      outcome: end.outcome,
      kind: end.kind,
      key: end.key,
      statusCode: end.statusCode,
      errorType: end.errorType,
      functionError: end.functionError,
      reason: end.reason,
      throttledBy: throttling?.limit,
      throttlingReason: throttling?.reason,
      functionErrorType: said?.type,
      functionErrorMessage: said?.message,
      executedVersion: end.executedVersion,
      awsRequestId: end.awsRequestId,
      attempts: end.attempts,
      durationMs,
      bytes: end.bytes,
      logTail: end.logTail,
    },
    'invocation',
  );
}

/** Metadata and metrics. */
function count(
  { transaction, step, durationMs, waitedMs = durationMs, open, span }: EndedInvocation,
  end: Omit<InvocationEnd, 'seconds' | 'traceId'>,
  execution: Execution,
): void {
  transaction.invocationMs += waitedMs;
  transaction.executions.set(step.name, execution);
  endInvocationSpan(span, execution, end);
  open.end({ ...end, seconds: durationMs / 1000, traceId: transaction.identity.recordedTraceId });
}
