import { type Invocation, InvocationError, type InvocationResult } from '../lambda/index.ts';
import type { PolicyStep } from './api-policies.ts';
import { buildInvocation } from './invocation.ts';
import { failureOf, functionFailure } from './invocation-failure.ts';
import type { PolicyFailure } from './policy-failure.ts';
import type { InvocationLabels } from './runtime.ts';
import type { Transaction } from './transaction.ts';

/** Invokes a step's function, and leaves one log line, the metrics and the metadata of it. Throws PolicyFailure. */
export async function invokeFunction(transaction: Transaction, step: PolicyStep): Promise<InvocationResult> {
  const invocation = buildInvocation(transaction, step.configuration);
  const started = performance.now();
  const controller = new AbortController();
  transaction.invocation = controller;
  let result: InvocationResult;
  try {
    result = await transaction.runtime.invoker.invoke(invocation, controller.signal);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const failure = failureOf(error, invocation, step.configuration.errorStatus);
    reportError(transaction, step, invocation, performance.now() - started, error, failure);
    throw failure;
  } finally {
    transaction.invocation = undefined;
  }
  const { functionError } = result;
  const failure = functionError === undefined ? undefined : functionFailure(functionError, invocation);
  reportResult(transaction, step, invocation, performance.now() - started, result, failure);
  if (failure !== undefined) throw failure;
  return result;
}

function labelsOf(
  transaction: Transaction,
  step: PolicyStep,
  invocation: Invocation,
): Pick<InvocationLabels, 'api' | 'policy' | 'function'> {
  return { api: transaction.policies.name, policy: step.name, function: invocation.functionName };
}

function reportError(
  transaction: Transaction,
  step: PolicyStep,
  invocation: Invocation,
  durationMs: number,
  error: InvocationError,
  failure: PolicyFailure,
): void {
  const { observer, logger } = transaction.runtime;
  const { kind, statusCode, errorType, requestId, attempts, message } = error;
  const labels = labelsOf(transaction, step, invocation);
  const outcome = kind === 'aborted' ? 'aborted' : 'error';
  const { region } = invocation;
  transaction.invocationMs += durationMs;
  transaction.executions.set(step.name, { requestId, executedVersion: undefined, durationMs, status: statusCode });
  observer.invocation({ ...labels, outcome, key: failure.key }, durationMs / 1000);
  const facts = { region, outcome, kind, statusCode, errorType, requestId, attempts, durationMs, reason: message };
  logger.info({ ...labels, ...facts }, 'invocation');
}

function reportResult(
  transaction: Transaction,
  step: PolicyStep,
  invocation: Invocation,
  durationMs: number,
  result: InvocationResult,
  failure: PolicyFailure | undefined,
): void {
  const { observer, logger } = transaction.runtime;
  const { status, functionError, executedVersion, requestId, attempts, logTail } = result;
  const labels = labelsOf(transaction, step, invocation);
  const outcome = failure === undefined ? 'ok' : 'function_error';
  const { region } = invocation;
  transaction.invocationMs += durationMs;
  transaction.executions.set(step.name, { requestId, executedVersion, durationMs, status });
  observer.invocation({ ...labels, outcome, key: failure?.key ?? '' }, durationMs / 1000);
  const facts = {
    region,
    outcome,
    statusCode: status,
    functionError,
    executedVersion,
    requestId,
    attempts,
    durationMs,
  };
  logger.info({ ...labels, ...facts, logTail }, 'invocation');
  // What a function says of its own failure may hold anything a caller sent.
  if (failure !== undefined && logger.isLevelEnabled('debug')) {
    logger.debug({ ...labels, requestId, payload: Buffer.from(result.payload).toString() }, 'function error');
  }
}
