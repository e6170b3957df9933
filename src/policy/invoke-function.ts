import { FormatError, type FunctionAnswer } from '../formats/index.ts';
import { type Invocation, InvocationError, type InvocationResult } from '../lambda/index.ts';
import type { PolicyStep } from './api-policies.ts';
import { buildInvocation } from './invocation.ts';
import { failureOf, frameFailure, functionFailure, resultFailure } from './invocation-failure.ts';
import { PolicyFailure } from './policy-failure.ts';
import { reportError, reportResult } from './report-invocation.ts';
import type { Transaction } from './transaction.ts';

/** Invokes a step's function, and reports it. Throws PolicyFailure, also for a function that ran and failed. */
export async function invokeFunction(transaction: Transaction, step: PolicyStep): Promise<FunctionAnswer> {
  const invocation = buildInvocation(transaction, step.configuration);
  const refusal = step.configuration.frame?.refusal(invocation);
  if (refusal !== undefined) throw frameFailure(refusal);
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
  const answer = answerOf(result, step, invocation);
  const failure = answer instanceof PolicyFailure ? answer : undefined;
  reportResult({ transaction, step, invocation, durationMs: performance.now() - started }, result, failure);
  if (answer instanceof PolicyFailure) throw answer;
  return answer;
}

/** A function's error is never an answer, whatever its bytes look like. */
function answerOf(result: InvocationResult, step: PolicyStep, invocation: Invocation): FunctionAnswer | PolicyFailure {
  if (result.functionError !== undefined) return functionFailure(result.functionError, invocation);
  try {
    return step.configuration.responseFormat.decode(result);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return resultFailure(error, invocation);
  }
}
