import { FormatError, type FunctionAnswer, isWhole } from '../formats/index.ts';
import { InvocationError, type StreamingResult } from '../lambda/index.ts';
import { NoRoomError } from '../memory-account.ts';
import type { StreamingConfiguration } from './api-policies.ts';
import type { CallResult, FunctionCall } from './call-function.ts';
import { giveBackPayload } from './invocation.ts';
import { failedCall, failureOf, resultFailure } from './invocation-failure.ts';
import { traced } from './invocation-span.ts';
import { PolicyFailure } from './policy-failure.ts';
import {
  type BegunReport,
  beginReport,
  type EndedInvocation,
  reportError,
  reportResult,
  reportStopped,
} from './report-invocation.ts';
import type { Transaction } from './transaction.ts';
import { type PiecesEnd, WatchedPieces } from './watched-pieces.ts';

const nothing = new Uint8Array();

/**
 * Calls a function whose answer is streamed to the caller. Resolves when its head and the first byte of its body, or its end,
 * have arrived; until then a failure is like any other. The call is reported when the answer has ended, and the memory of its payload is
 * given back then if the answer still arrives. Throws PolicyFailure.
 */
export async function streamFunction(
  call: FunctionCall,
  { times, format }: StreamingConfiguration,
  signal: AbortSignal,
): Promise<CallResult> {
  const { transaction, invocation } = call;
  const { invoker, trace } = transaction.runtime;
  transaction.takeResponseStream();
  trace?.({ kind: 'invocation', invocation });
  const report = beginReport(call, 'InvokeWithResponseStream');
  const started = performance.now();
  let result: StreamingResult | undefined;
  let answer: FunctionAnswer;
  try {
    result = await invoker.invokeStreaming({ ...traced(invocation, report.span), streaming: times }, signal);
    answer = await format.begin(result.body, transaction.memory);
  } catch (error) {
    throw failedBefore(call, report, error, result, performance.now() - started);
  }
  const { body } = answer;
  const waitedMs = performance.now() - started;
  const ended = (): EndedInvocation => ({ ...report, durationMs: performance.now() - started, waitedMs: 0 });
  const head = { status: 200, ...result, payload: isWhole(body) ? body : nothing };
  trace?.({ kind: 'result', result: head, cached: false });
  if (isWhole(body)) {
    reportResult({ ...ended(), waitedMs }, { ...head, logTail: result.body.logTail }, undefined);
    return { result: head, answer, held: 0 };
  }
  transaction.invocationMs += waitedMs;
  const { requestId, executedVersion } = result;
  // Envoy gets the metadata with the headers, before the call has ended.
  transaction.executions.set(call.step.name, { requestId, executedVersion, durationMs: waitedMs, status: 200 });
  const { body: source } = result;
  const onEnd = (end: PiecesEnd): void => {
    giveBackPayload(transaction, call.step.configuration, invocation);
    if (end.kind === 'failed') reportError(ended(), end.error, end.failure, end.bytes);
    else if (end.kind === 'complete' || isAnsweredHead(transaction)) {
      reportResult(ended(), { ...head, logTail: source.logTail }, undefined, end.bytes);
    } else reportStopped(ended(), head, end.bytes);
  };
  const failure = (error: InvocationError): PolicyFailure => failureOf(error, invocation, errorStatusOf(call));
  return { result: head, answer: { ...answer, body: new WatchedPieces(body, failure, onEnd) }, held: 0 };
}

/** The answer to a HEAD has no body that could be read to its end. */
function isAnsweredHead({ request, aborted }: Transaction): boolean {
  return request?.method === 'HEAD' && !aborted;
}

function errorStatusOf({ step }: FunctionCall) {
  return step.configuration.errorStatus;
}

/** Nothing has been sent to the caller yet. */
function failedBefore(
  call: FunctionCall,
  report: BegunReport,
  error: unknown,
  result: StreamingResult | undefined,
  durationMs: number,
): unknown {
  const ended = { ...report, durationMs };
  const { invocation, transaction } = call;
  if (error instanceof InvocationError) {
    transaction.runtime.trace?.({ kind: 'invocation-error', error });
    const failure = failureOf(error, invocation, errorStatusOf(call));
    reportError(ended, error, failure);
    return failure;
  }
  result?.body.stop();
  const isFormat = error instanceof FormatError;
  if (!isFormat && !(error instanceof NoRoomError)) {
    report.open.drop();
    return error;
  }
  const head = { status: 200, attempts: 1, ...result, payload: nothing };
  const failure = isFormat ? resultFailure(error, invocation, failedCall(head, invocation)) : PolicyFailure.from(error);
  reportResult(ended, head, failure);
  return failure;
}
