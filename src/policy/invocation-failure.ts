import type { FormatError } from '../formats/index.ts';
import type { Invocation, InvocationError } from '../lambda/index.ts';
import type { ErrorStatus } from './api-policies.ts';
import { PolicyFailure } from './policy-failure.ts';

/** What a caller is told of an invocation that gave no result (docs/notes/reference-policy.md, Errors). */
export function failureOf(error: InvocationError, invocation: Invocation, errorStatus: ErrorStatus): PolicyFailure {
  // A denial is one, whoever says it and however bare: the reference's own suite answers 403 and nothing else.
  if (error.kind === 'status' && error.statusCode !== 403) {
    const parameters = parametersOf(invocation, String(error.statusCode ?? ''));
    return new PolicyFailure('AWS_LAMBDA_INVALID_STATUS_CODE', { parameters, cause: error });
  }
  const status = statusOf(error, errorStatus);
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', {
    details: error.details,
    parameters: parametersOf(invocation, undefined),
    status,
    retryAfterSeconds: status === 429 || status === 503 ? error.retryAfterSeconds : undefined,
    cause: error,
  });
}

/** The function itself failed: its text may hold anything, so the caller gets the plain message. */
export function functionFailure(functionError: string, invocation: Invocation): PolicyFailure {
  const parameters = parametersOf(invocation, functionError);
  const cause = new Error(`the function failed: ${functionError}`);
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { parameters, cause });
}

/** The function's result is no answer in the format that the step expects. */
export function resultFailure(error: FormatError, invocation: Invocation): PolicyFailure {
  const parameters = parametersOf(invocation, undefined);
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { details: error.message, parameters, cause: error });
}

function statusOf(error: InvocationError, errorStatus: ErrorStatus): number | undefined {
  if (error.errorStatus !== undefined) return errorStatus[error.errorStatus];
  if (error.statusCode === 413) return errorStatus.tooLarge;
  if (error.statusCode === 429) return errorStatus.throttled;
  return undefined;
}

function parametersOf(invocation: Invocation, error: string | undefined): ReadonlyMap<string, unknown> {
  const parameters = new Map<string, unknown>([
    ['function', invocation.functionName],
    ['region', invocation.region],
  ]);
  if (error !== undefined) parameters.set('error', error);
  return parameters;
}
