import { releaseParsed, type Secret } from '../expression/index.ts';
import { type AuthorizerCall, type FunctionAnswer, isWhole } from '../formats/index.ts';
import type { Invocation } from '../lambda/index.ts';
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
 * Invokes a step's function and reports the call; or returns the result of another request's call, if the step says so: immediately
 * if it is cached. `question`: what an authorizer is asked. Throws or rejects with PolicyFailure, also for a function that ran and
 * failed.
 */
export function invokeFunction(
  transaction: Transaction,
  step: PolicyStep,
  question?: AuthorizerCall,
): FunctionAnswer | Promise<FunctionAnswer> {
  const refreshing = refreshed(step.configuration.secrets);
  if (refreshing !== undefined) {
    return refreshing.then(() => {
      // If the request has ended meanwhile, nothing could abort its invocation any more.
      transaction.throwIfAborted();
      return keptOrCalled(transaction, step, question);
    });
  }
  return keptOrCalled(transaction, step, question);
}

/** Refreshes one after the other. Undefined: no refresh is needed. */
function refreshed(secrets: readonly Secret[]): Promise<void> | undefined {
  for (const [index, secret] of secrets.entries()) {
    const refreshing = secret.refresh?.();
    if (refreshing !== undefined) return refreshing.then(() => refreshed(secrets.slice(index + 1)));
  }
  return undefined;
}

function keptOrCalled(
  transaction: Transaction,
  step: PolicyStep,
  question: AuthorizerCall | undefined,
): FunctionAnswer | Promise<FunctionAnswer> {
  const { configuration } = step;
  const invocation = buildInvocation(transaction, configuration);
  let kept: CallResult | undefined;
  let key: CacheKey | undefined;
  try {
    const refusal = configuration.frame?.refusal(invocation);
    if (refusal !== undefined) throw frameFailure(refusal);
    key = cacheKeyOf(transaction, step, invocation, question);
    kept = key === undefined ? undefined : keptResult(transaction, step, invocation, key);
  } catch (error) {
    giveBackPayload(transaction, configuration, invocation);
    throw error;
  }
  if (kept === undefined) return called(transaction, step, invocation, question, key);
  giveBackPayload(transaction, configuration, invocation);
  return keep(kept, transaction.memory);
}

async function called(
  transaction: Transaction,
  step: PolicyStep,
  built: Invocation,
  question: AuthorizerCall | undefined,
  key: CacheKey | undefined,
): Promise<FunctionAnswer> {
  let invocation = built;
  let given: CallResult | undefined;
  try {
    if (key === undefined && question !== undefined) {
      invocation = { ...invocation, payload: question.payload(transaction.memory) };
    }
    const controller = new AbortController();
    transaction.invocation = controller;
    releaseParsed(transaction);
    const redact = redactionOf(transaction);
    if (redact !== undefined) invocation = { ...invocation, shownName: redact(invocation.functionName) };
    given = await giveResult({ transaction, step, invocation, question, redact }, key, controller.signal);
  } finally {
    transaction.invocation = undefined;
    // While its answer arrives the connection holds it.
    if (given === undefined || isWhole(given.answer.body)) giveBackPayload(transaction, step.configuration, invocation);
  }
  return keep(given, transaction.memory);
}

function giveResult(call: FunctionCall, key: CacheKey | undefined, signal: AbortSignal): Promise<CallResult> {
  const { transaction, step } = call;
  const { streaming } = step.configuration;
  if (streaming !== undefined) return streamFunction(call, streaming, signal);
  return key === undefined ? callFunction(call, transaction.memory, signal) : sharedResult(call, key, signal);
}

/** Adjusts the account to the size of the answer, if `held` bytes are charged for the result that it was made from. */
function keep({ answer, held }: CallResult, memory: MemoryAccount): FunctionAnswer {
  const bytes = answerBytes(answer) + (isWhole(answer.body) ? answer.body.byteLength : 0);
  if (bytes === held) return answer;
  memory.give(held);
  try {
    charge(memory, bytes);
  } catch (error) {
    stopBody(answer);
    throw error;
  }
  return answer;
}
