import { InvocationError, type InvocationResult } from '../lambda/index.ts';
import type { PolicyStep } from './api-policies.ts';
import { buildInvocation } from './invocation.ts';
import { failureOf, functionFailure } from './invocation-failure.ts';
import { reportError, reportResult } from './report-invocation.ts';
import type { Transaction } from './transaction.ts';

/** Invokes a step's function, and reports it. Throws PolicyFailure, also for a function that ran and failed. */
export async function invokeFunction(transaction: Transaction, step: PolicyStep): Promise<InvocationResult> {
  const invocation = buildInvocation(transaction, step.configuration);
  const controller = new AbortController();
  transaction.invocation = controller;
  const started = performance.now();
  let result: InvocationResult;
  try {
    result = await transaction.runtime.invoker.invoke(invocation, controller.signal);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const failure = failureOf(error, invocation, step.configuration.errorStatus);
    reportError({ transaction, step, invocation, durationMs: performance.now() - started }, error, failure);
    throw failure;
  } finally {
    transaction.invocation = undefined;
  }
  const { functionError } = result;
  const failure = functionError === undefined ? undefined : functionFailure(functionError, invocation);
  reportResult({ transaction, step, invocation, durationMs: performance.now() - started }, result, failure);
  if (failure !== undefined) throw failure;
  return result;
}
