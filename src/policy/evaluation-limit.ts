import { ExpressionError } from '../expression/index.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { Transaction } from './transaction.ts';

/**
 * Any error of a step. If the expressions took more than `limits.evaluationMs`, or one of them more
 * steps than are allowed, it gets the key of that limit, whichever field the expression belongs to, and is counted.
 */
export function withEvaluationLimit(transaction: Transaction, error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof ExpressionError) || !cause.exhausted) continue;
    transaction.runtime.observer.limitReached('evaluation');
    return new PolicyFailure('LAMBDA_EXT_PROC_EVALUATION_LIMIT', { cause });
  }
  return error;
}
