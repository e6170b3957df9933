import { type AuthorizerCall, FormatError, type FunctionAnswer, isUnauthorized } from '../formats/index.ts';
import { type Invocation, InvocationError, type InvocationResult } from '../lambda/index.ts';
import { type MemoryAccount, NoRoomError, SHORT_TEXT, textBytes } from '../memory-account.ts';
import type { PolicyStep } from './api-policies.ts';
import { unauthorized } from './authorizer-failures.ts';
import { failedCall, failureOf, functionFailure, resultFailure } from './invocation-failure.ts';
import { traced } from './invocation-span.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { Redact } from './private-variables.ts';
import { beginReport, reportError, reportResult } from './report-invocation.ts';
import type { Transaction } from './transaction.ts';

export interface FunctionCall {
  /** The request for which it is made and reported. */
  readonly transaction: Transaction;
  readonly step: PolicyStep;
  /** For an authorizer with a cache: its payload is made from `question` if it is called. */
  readonly invocation: Invocation;
  readonly question: AuthorizerCall | undefined;
  /** See EndedInvocation. */
  readonly redact: Redact | undefined;
}

/** The result of a function, if it is a well-formed answer. */
export interface CallResult {
  readonly result: InvocationResult;
  readonly answer: FunctionAnswer;
  /** Bytes that are taken for it. */
  readonly held: number;
}

/** Calls the function, reports the call and decodes its result, charged to `memory`. Throws PolicyFailure. */
export async function callFunction(
  call: FunctionCall,
  memory: MemoryAccount,
  signal: AbortSignal,
): Promise<CallResult> {
  const { transaction, step, invocation } = call;
  const { invoker, trace } = transaction.runtime;
  trace?.({ kind: 'invocation', invocation });
  const report = beginReport(call, 'Invoke');
  const started = performance.now();
  let result: InvocationResult;
  try {
    result = await invoker.invoke(traced(invocation, report.span), signal);
  } catch (error) {
    if (!(error instanceof InvocationError)) {
      report.open.drop();
      throw error;
    }
    trace?.({ kind: 'invocation-error', error });
    const failure = failureOf(error, invocation, step.configuration.errorStatus);
    reportError({ ...report, durationMs: performance.now() - started }, error, failure);
    throw failure;
  }
  trace?.({ kind: 'result', result, cached: false });
  const answer = answerOf(result, step, invocation, memory);
  const failure = answer instanceof PolicyFailure ? answer : undefined;
  reportResult({ ...report, durationMs: performance.now() - started }, result, failure);
  const held = result.held ?? 0;
  if (answer instanceof PolicyFailure) {
    memory.give(held);
    throw answer;
  }
  return { result, answer, held };
}

/** Of its headers. Short values are not worth counting. */
export function answerBytes({ headers }: FunctionAnswer): number {
  let bytes = 0;
  for (const [, value] of headers) if (value.length >= SHORT_TEXT) bytes += textBytes(value);
  return bytes;
}

/** A function's error is never an answer, whatever its bytes look like. */
export function answerOf(
  result: InvocationResult,
  step: PolicyStep,
  invocation: Invocation,
  memory: MemoryAccount,
): FunctionAnswer | PolicyFailure {
  if (result.functionError !== undefined) {
    if (step.authorizer !== undefined && isUnauthorized(result.payload)) return unauthorized('the function says so');
    return functionFailure(result.functionError, invocation, failedCall(result, invocation));
  }
  try {
    return step.configuration.responseFormat.decode(result, memory);
  } catch (error) {
    if (error instanceof FormatError) return resultFailure(error, invocation, failedCall(result, invocation));
    if (error instanceof NoRoomError) return PolicyFailure.from(error);
    throw error;
  }
}
