import { FormatError, isAuthorizerRefusal } from '../formats/index.ts';
import { charge } from '../memory-account.ts';
import type { AuthorizerStep, PolicyStep } from './api-policies.ts';
import { ambiguousPath, authorizerFailed, forbidden, unauthorized } from './authorizer-failures.ts';
import { text } from './invocation.ts';
import { invokeFunction } from './invoke-function.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { Transaction } from './transaction.ts';

/** The variable by which expressions see what an authorizer tells of the caller. */
export const AUTHORIZER_ATTRIBUTE = 'authorizer';

/**
 * Asks an authorizer about the request as it would go on now, or judges by an answer of it that is kept. Returns only where the
 * request is let in, and what the authorizer tells of the caller is then in the transaction. Throws PolicyFailure.
 */
export async function authorize(
  transaction: Transaction,
  step: PolicyStep,
  { authorizer, metadata }: AuthorizerStep,
): Promise<void> {
  // What an earlier one told is not about this verdict.
  forgetGrant(transaction);
  const { service } = authorizer;
  try {
    const region = text(transaction, step.configuration.region, 'region');
    const call = authorizer.prepare(transaction, region);
    if (isAuthorizerRefusal(call)) {
      throw call.status === 401 ? unauthorized(call.reason) : ambiguousPath(call.status, call.reason);
    }
    const started = performance.now();
    const answer = await invokeFunction(transaction, step, call);
    const { trace } = transaction.runtime;
    trace?.({ kind: 'answer', answer });
    transaction.receiveAnswer(answer);
    const result = answer.authorization;
    if (result === undefined) throw new Error('an authorizer with an answer that was not read as one');
    charge(transaction.memory, result.bytes);
    const judgement = result.judge(call.arn);
    trace?.({ kind: 'judgement', arn: call.arn.text, judgement, grant: result.grant });
    if (judgement.verdict !== 'allow') throw forbidden(service, judgement);
    const grant = { ...result.grant, integrationLatency: Math.round(performance.now() - started) };
    if (transaction.request !== undefined) transaction.request.grant = grant;
    if (metadata) transaction.shownGrant = grant;
    transaction.attributes.set(AUTHORIZER_ATTRIBUTE, result.data);
  } catch (error) {
    transaction.throwIfAborted();
    if (error instanceof FormatError) throw authorizerFailed(service, error);
    if (error instanceof PolicyFailure && error.key.startsWith('AWS_LAMBDA_'))
      throw authorizerFailed(service, error.cause ?? error, error);
    throw error;
  }
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
