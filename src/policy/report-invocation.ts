import type { Invocation, InvocationError, InvocationResult } from '../lambda/index.ts';
import type { InvocationLabels } from '../observability/index.ts';
import type { PolicyStep } from './api-policies.ts';
import type { PolicyFailure } from './policy-failure.ts';
import { type Redact, withoutQuotes } from './private-variables.ts';
import type { Execution, Transaction } from './transaction.ts';

/** An invocation that is over. */
export interface EndedInvocation {
  readonly transaction: Transaction;
  readonly step: PolicyStep;
  readonly invocation: Invocation;
  readonly durationMs: number;
  /** What of it the policies waited; absent: all of it. */
  readonly waitedMs?: number;
  /** As the log may have texts. Made when the call begins: it may end after its request. */
  readonly redact: Redact | undefined;
}

/** The log line, the metrics and the metadata of an invocation that gave no result. `bytes`: what came of one that streams. */
export function reportError(
  ended: EndedInvocation,
  error: InvocationError,
  failure: PolicyFailure,
  bytes?: number,
): void {
  const { kind, statusCode, errorType, requestId, attempts, message, throttling } = error;
  const { durationMs } = ended;
  const outcome = outcomeOf(error);
  const execution = { requestId, executedVersion: undefined, durationMs, status: statusCode };
  const limit = throttling && { throttledBy: throttling.limit };
  const labels = count(ended, { outcome, key: failure.key, ...limit }, execution);
  const { redact } = ended;
  const text = redact === undefined ? message : withoutQuotes(redact(message));
  // What a function says of its own failure may hold anything a caller sent.
  const reason = kind === 'function' ? undefined : text;
  const facts = { outcome, kind, statusCode, errorType, requestId, attempts, durationMs, reason };
  const throttled = throttling && { ...limit, throttlingReason: throttling.reason };
  const rest = { bytes, logTail: shown(ended, error.logTail) };
  const { logger } = ended.transaction.runtime;
  logger.info({ ...labels, region: regionOf(ended), ...facts, ...throttled, ...rest }, 'invocation');
  if (kind === 'function') logger.debug({ ...labels, requestId, payload: text }, 'function error');
}

function outcomeOf({ kind }: InvocationError): 'aborted' | 'function_error' | 'error' {
  if (kind === 'aborted') return 'aborted';
  return kind === 'function' ? 'function_error' : 'error';
}

/** As reportError, of a call whose answer was not read to its end. */
export function reportStopped(ended: EndedInvocation, result: InvocationResult, bytes: number): void {
  const { status, executedVersion, requestId, attempts } = result;
  const { durationMs } = ended;
  const execution = { requestId, executedVersion, durationMs, status };
  const labels = count(ended, { outcome: 'aborted', key: '' }, execution);
  const facts = { outcome: 'aborted', statusCode: status, executedVersion, requestId, attempts, durationMs, bytes };
  ended.transaction.runtime.logger.info({ ...labels, region: regionOf(ended), ...facts }, 'invocation');
}

/** As reportError, of one that gave a result; `failure` where the function itself failed. */
export function reportResult(
  ended: EndedInvocation,
  result: InvocationResult,
  failure: PolicyFailure | undefined,
  bytes?: number,
): void {
  const { status, functionError, executedVersion, requestId, attempts, logTail } = result;
  const { durationMs } = ended;
  const { logger } = ended.transaction.runtime;
  const outcome = failure === undefined ? 'ok' : 'function_error';
  const execution = { requestId, executedVersion, durationMs, status };
  const labels = count(ended, { outcome, key: failure?.key ?? '' }, execution);
  const facts = { outcome, statusCode: status, functionError, executedVersion, requestId, attempts, durationMs, bytes };
  logger.info({ ...labels, region: regionOf(ended), ...facts, logTail: shown(ended, logTail) }, 'invocation');
  // What a function says of its own failure may hold anything a caller sent.
  if (failure !== undefined && logger.isLevelEnabled('debug')) {
    logger.debug(
      { ...labels, requestId, payload: shown(ended, Buffer.from(result.payload).toString()) },
      'function error',
    );
  }
}

function regionOf(ended: EndedInvocation): string | undefined {
  return shown(ended, ended.invocation.region);
}

/** Without private variables. */
function shown({ redact }: EndedInvocation, text: string | undefined): string | undefined {
  return text === undefined ? undefined : (redact?.(text) ?? text);
}

/** Metadata and metrics; gives the fields by which log lines name the invocation. */
function count(
  { transaction, step, invocation, durationMs, waitedMs = durationMs, redact }: EndedInvocation,
  ended: Pick<InvocationLabels, 'outcome' | 'key' | 'throttledBy'>,
  execution: Execution,
): Pick<InvocationLabels, 'api' | 'policy' | 'function'> {
  const { functionName } = invocation;
  const shownName = redact?.(functionName) ?? functionName;
  const labels = { api: transaction.policies.name, policy: step.name, function: shownName };
  transaction.invocationMs += waitedMs;
  transaction.executions.set(step.name, execution);
  transaction.runtime.observer.invocation({ ...labels, ...ended }, durationMs / 1000);
  return labels;
}
