import { type AuthorizerCall, FormatError, type FunctionAnswer, isAuthorizerRefusal } from '../formats/index.ts';
import { charge } from '../memory-account.ts';
import type { AuthorizerStep, PolicyStep } from './api-policies.ts';
import { ambiguousPath, authorizerFailed, forbidden, unauthorized } from './authorizer-failures.ts';
import { text } from './invocation.ts';
import { invokeFunction } from './invoke-function.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { Transaction } from './transaction.ts';

/** The variable in which expressions see what an authorizer says about the caller. */
export const AUTHORIZER_ATTRIBUTE = 'authorizer';

/**
 * Asks an authorizer about the request as it would continue now, or decides by a cached answer: immediately, then the result is
 * undefined. The request is allowed if this neither throws nor rejects; what the authorizer says about the caller is then in the
 * transaction. Throws or rejects with PolicyFailure.
 */
export function authorize(
  transaction: Transaction,
  step: PolicyStep,
  asked: AuthorizerStep,
): Promise<undefined> | undefined {
  // The grant of an earlier authorizer does not belong to this verdict.
  forgetGrant(transaction);
  const { authorizer } = asked;
  try {
    const region = text(transaction, step.configuration.region, 'region');
    const call = authorizer.prepare(transaction, region);
    if (isAuthorizerRefusal(call)) {
      throw call.status === 401 ? unauthorized(call.reason) : ambiguousPath(call.status, call.reason);
    }
    const started = performance.now();
    const answer = invokeFunction(transaction, step, call);
    if (answer instanceof Promise) return judgeLater(transaction, asked, call, answer, started);
    judge(transaction, asked, call, answer, started);
  } catch (error) {
    throw failureOf(transaction, asked, error);
  }
  return undefined;
}

async function judgeLater(
  transaction: Transaction,
  asked: AuthorizerStep,
  call: AuthorizerCall,
  answer: Promise<FunctionAnswer>,
  started: number,
): Promise<undefined> {
  try {
    judge(transaction, asked, call, await answer, started);
  } catch (error) {
    throw failureOf(transaction, asked, error);
  }
}

/** Returns only if the request is allowed. */
function judge(
  transaction: Transaction,
  { authorizer, metadata }: AuthorizerStep,
  { arn }: AuthorizerCall,
  answer: FunctionAnswer,
  started: number,
): void {
  const { trace } = transaction.runtime;
  trace?.({ kind: 'answer', answer });
  transaction.receiveAnswer(answer);
  const result = answer.authorization;
  if (result === undefined) throw new Error('an authorizer with an answer that was not read as one');
  charge(transaction.memory, result.bytes);
  const judgement = result.judge(arn);
  trace?.({ kind: 'judgement', arn: arn.text, judgement, grant: result.grant });
  if (judgement.verdict !== 'allow') throw forbidden(authorizer.service, judgement);
  const grant = { ...result.grant, integrationLatency: Math.round(performance.now() - started) };
  if (transaction.request !== undefined) transaction.request.grant = grant;
  if (metadata) transaction.shownGrant = grant;
  transaction.attributes.set(AUTHORIZER_ATTRIBUTE, result.data);
}

/** Converts an error to that of an authorizer. Throws if the request has ended. */
function failureOf(transaction: Transaction, { authorizer }: AuthorizerStep, error: unknown): unknown {
  transaction.throwIfAborted();
  const { service } = authorizer;
  if (error instanceof FormatError) return authorizerFailed(service, error);
  if (error instanceof PolicyFailure && error.key.startsWith('AWS_LAMBDA_'))
    return authorizerFailed(service, error.cause ?? error, error);
  return error;
}

/** Before a condition that may depend on the path: `/public/..%2fadmin` must not get past it. Throws PolicyFailure. */
export function refuseAmbiguous(transaction: Transaction, { authorizer }: AuthorizerStep): void {
  try {
    const refusal = authorizer.refusal(transaction);
    if (refusal !== undefined) throw ambiguousPath(refusal.status, refusal.reason);
  } catch (error) {
    throw error instanceof FormatError ? authorizerFailed(authorizer.service, error) : error;
  }
}

function forgetGrant(transaction: Transaction): void {
  transaction.attributes.delete(AUTHORIZER_ATTRIBUTE);
  transaction.shownGrant = undefined;
  if (transaction.request !== undefined) transaction.request.grant = undefined;
}
