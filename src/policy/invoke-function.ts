import { releaseParsed } from '../expression/index.ts';
import { FormatError, type FunctionAnswer, isWhole } from '../formats/index.ts';
import { type Invocation, InvocationError, type InvocationResult } from '../lambda/index.ts';
import { charge, type MemoryAccount, NoRoomError, SHORT_TEXT, textBytes } from '../memory-account.ts';
import type { PolicyStep } from './api-policies.ts';
import { buildInvocation } from './invocation.ts';
import { failureOf, frameFailure, functionFailure, resultFailure } from './invocation-failure.ts';
import { PolicyFailure } from './policy-failure.ts';
import { reportError, reportResult } from './report-invocation.ts';
import type { Transaction } from './transaction.ts';

/** Invokes a step's function, and reports it. Throws PolicyFailure, also for a function that ran and failed. */
export async function invokeFunction(transaction: Transaction, step: PolicyStep): Promise<FunctionAnswer> {
  for (const secret of step.configuration.secrets) {
    const refreshing = secret.refresh?.();
    if (refreshing !== undefined) await refreshing;
  }
  const invocation = buildInvocation(transaction, step.configuration);
  const refusal = step.configuration.frame?.refusal(invocation);
  if (refusal !== undefined) throw frameFailure(refusal);
  const { trace } = transaction.runtime;
  trace?.({ kind: 'invocation', invocation });
  const controller = new AbortController();
  transaction.invocation = controller;
  const started = performance.now();
  releaseParsed(transaction);
  let result: InvocationResult;
  try {
    result = await transaction.runtime.invoker.invoke(invocation, controller.signal);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    trace?.({ kind: 'invocation-error', error });
    const failure = failureOf(error, invocation, step.configuration.errorStatus);
    reportError({ transaction, step, invocation, durationMs: performance.now() - started }, error, failure);
    throw failure;
  } finally {
    transaction.invocation = undefined;
    giveBackPayload(transaction, step, invocation);
  }
  trace?.({ kind: 'result', result });
  const answer = answerOf(result, step, invocation, transaction.memory);
  const failure = answer instanceof PolicyFailure ? answer : undefined;
  reportResult({ transaction, step, invocation, durationMs: performance.now() - started }, result, failure);
  if (answer instanceof PolicyFailure) {
    transaction.memory.give(result.held ?? 0);
    throw answer;
  }
  keep(answer, result.held ?? 0, transaction.memory);
  return answer;
}

/** Has the account hold what the answer takes, where `held` bytes are taken for the result that it was made of. */
function keep({ headers, body }: FunctionAnswer, held: number, memory: MemoryAccount): void {
  let bytes = isWhole(body) ? body.byteLength : 0;
  for (const [, value] of headers) if (value.length >= SHORT_TEXT) bytes += textBytes(value);
  if (bytes === held) return;
  memory.give(held);
  charge(memory, bytes);
}

/** It was made for this one call. */
function giveBackPayload({ memory }: Transaction, step: PolicyStep, { payload }: Invocation): void {
  if (payload !== step.configuration.requestFormat.shared) memory.give(payload?.byteLength ?? 0);
}

/** A function's error is never an answer, whatever its bytes look like. */
function answerOf(
  result: InvocationResult,
  step: PolicyStep,
  invocation: Invocation,
  memory: MemoryAccount,
): FunctionAnswer | PolicyFailure {
  if (result.functionError !== undefined) return functionFailure(result.functionError, invocation);
  try {
    return step.configuration.responseFormat.decode(result, memory);
  } catch (error) {
    if (error instanceof FormatError) return resultFailure(error, invocation);
    if (error instanceof NoRoomError) return PolicyFailure.from(error);
    throw error;
  }
}
