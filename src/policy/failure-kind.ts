import { ExpressionError } from '../expression/index.ts';
import { failureKindOf, InvocationError } from '../lambda/index.ts';
import type { FailureKind } from '../observability/index.ts';
import type { ErrorKey } from './error-catalogue.ts';
import type { PolicyFailure } from './policy-failure.ts';

/** For a failure that, with its causes, says nothing more specific. */
const KINDS: Readonly<Record<ErrorKey, FailureKind>> = {
  AWS_LAMBDA_INVALID_RESPONSE: 'invalid_value',
  AWS_LAMBDA_INVALID_STATUS_CODE: 'unexpected_status',
  AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION: 'invalid_value',
  LAMBDA_EXT_PROC_INTERNAL: 'internal',
  LAMBDA_EXT_PROC_UNMATCHED: 'no_api',
  LAMBDA_EXT_PROC_UNKNOWN_API: 'no_api',
  LAMBDA_EXT_PROC_AMBIGUOUS_API: 'no_api',
  LAMBDA_EXT_PROC_INVALID_POLICIES: 'invalid_policies',
  LAMBDA_EXT_PROC_NOT_ALLOWED: 'not_allowed',
  LAMBDA_EXT_PROC_UNAUTHORIZED: 'unauthorized',
  LAMBDA_EXT_PROC_FORBIDDEN: 'forbidden',
  LAMBDA_EXT_PROC_AUTHORIZER_FAILED: 'authorizer',
  LAMBDA_EXT_PROC_AMBIGUOUS_PATH: 'path',
  LAMBDA_EXT_PROC_PATH_MISMATCH: 'path',
  LAMBDA_EXT_PROC_BODY_TOO_LARGE: 'body_too_large',
  LAMBDA_EXT_PROC_BODY_UNAVAILABLE: 'body_unavailable',
  LAMBDA_EXT_PROC_EVALUATION_LIMIT: 'evaluation_limit',
  LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING: 'encoding',
  LAMBDA_EXT_PROC_MALFORMED_ENCODING: 'encoding',
  LAMBDA_EXT_PROC_SHUTTING_DOWN: 'shutting_down',
  LAMBDA_EXT_PROC_OVERLOADED: 'overloaded',
};

/** By the first error that was thrown, since that must be fixed. */
export function kindOf(failure: PolicyFailure): FailureKind {
  if (failure.kind !== undefined) return failure.kind;
  const error = firstOf(failure, InvocationError);
  if (error !== undefined) return failureKindOf(error);
  const expression = firstOf(failure, ExpressionError);
  if (expression !== undefined) return expression.exhausted ? 'evaluation_limit' : 'expression';
  return KINDS[failure.key];
}

/** The first of an error's causes that is of this class. */
export function firstOf<T extends Error>(error: Error, type: abstract new (...args: never) => T): T | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (cause instanceof type) return cause;
  return undefined;
}
