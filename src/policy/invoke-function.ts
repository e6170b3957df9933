import { releaseParsed } from '../expression/index.ts';
import { type AuthorizerCall, type FunctionAnswer, isWhole } from '../formats/index.ts';
import { charge, type MemoryAccount } from '../memory-account.ts';
import type { PolicyStep } from './api-policies.ts';
import { type CacheKey, cacheKeyOf, keptResult, sharedResult } from './cached-result.ts';
import { answerBytes, type CallResult, callFunction, type FunctionCall } from './call-function.ts';
import { buildInvocation, giveBackPayload } from './invocation.ts';
import { frameFailure } from './invocation-failure.ts';
import { redactionOf } from './private-variables.ts';
import { stopBody } from './send-to-consumer.ts';
import { streamFunction } from './stream-function.ts';
import type { Transaction } from './transaction.ts';

/**
 * Invokes a step's function, and reports it; or gives the result of another request's call, where the step says so.
 * `question`: what an authorizer is asked. Throws PolicyFailure, also for a function that ran and failed.
 */
export async function invokeFunction(
  transaction: Transaction,
  step: PolicyStep,
  question?: AuthorizerCall,
): Promise<FunctionAnswer> {
  for (const secret of step.configuration.secrets) {
    const refreshing = secret.refresh?.();
    if (refreshing !== undefined) await refreshing;
  }
  let invocation = buildInvocation(transaction, step.configuration);
  const refusal = step.configuration.frame?.refusal(invocation);
  if (refusal !== undefined) {
    giveBackPayload(transaction, step.configuration, invocation);
    throw frameFailure(refusal);
  }
  let given: CallResult | undefined;
  try {
    const key = cacheKeyOf(transaction, step, invocation, question);
    given = key === undefined ? undefined : keptResult(transaction, step, invocation, key);
    if (given === undefined) {
      if (key === undefined && question !== undefined) {
        invocation = { ...invocation, payload: question.payload(transaction.memory) };
      }
      const controller = new AbortController();
      transaction.invocation = controller;
      releaseParsed(transaction);
      const redact = redactionOf(transaction);
      if (redact !== undefined) invocation = { ...invocation, shownName: redact(invocation.functionName) };
      const call = { transaction, step, invocation, question, redact };
      given = await giveResult(call, key, controller.signal);
    }
  } finally {
    transaction.invocation = undefined;
    // While its answer arrives the connection holds it.
    if (given === undefined || isWhole(given.answer.body)) giveBackPayload(transaction, step.configuration, invocation);
  }
  try {
    keep(given, transaction.memory);
  } catch (error) {
    stopBody(given.answer);
    throw error;
  }
  return given.answer;
}

function giveResult(call: FunctionCall, key: CacheKey | undefined, signal: AbortSignal): Promise<CallResult> {
  const { transaction, step } = call;
  const { streaming } = step.configuration;
  if (streaming !== undefined) return streamFunction(call, streaming, signal);
  return key === undefined ? callFunction(call, transaction.memory, signal) : sharedResult(call, key, signal);
}

/** Has the account hold what the answer takes, where `held` bytes are taken for the result that it was made of. */
function keep({ answer, held }: CallResult, memory: MemoryAccount): void {
  const bytes = answerBytes(answer) + (isWhole(answer.body) ? answer.body.byteLength : 0);
  if (bytes === held) return;
  memory.give(held);
  charge(memory, bytes);
}
