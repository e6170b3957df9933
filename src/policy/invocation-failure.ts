import type { FormatError } from '../formats/index.ts';
import type { ErrorStatusField, Invocation, InvocationError, InvocationResult } from '../lambda/index.ts';
import type { ErrorStatus, FrameRefusal } from './api-policies.ts';
import { type FailedCall, PolicyFailure } from './policy-failure.ts';

/** The caller's error for an invocation without a result (docs/notes/reference-policy.md, Errors). */
export function failureOf(error: InvocationError, invocation: Invocation, errorStatus: ErrorStatus): PolicyFailure {
  if (error.kind === 'no-room') {
    const parameters = parametersOf(invocation, undefined);
    const { details } = error;
    const options = { details, parameters, retryAfterSeconds: 1, cause: error, call: failedCall(error, invocation) };
    return new PolicyFailure('LAMBDA_EXT_PROC_OVERLOADED', options);
  }
  // A function that streams reports its failure in its stream.
  const call = failedCall(error, invocation);
  if (error.kind === 'function') return functionFailure(error.errorType ?? 'Unhandled', invocation, call);
  if (error.kind === 'status' && !isRefusal(error.statusCode ?? 0)) {
    const parameters = parametersOf(invocation, String(error.statusCode ?? ''));
    return new PolicyFailure('AWS_LAMBDA_INVALID_STATUS_CODE', { parameters, cause: error, call });
  }
  const field = error.errorStatus ?? answeredField(error);
  const status = field === undefined ? undefined : errorStatus[field];
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', {
    details: error.details,
    parameters: parametersOf(invocation, undefined),
    field: error.field,
    status,
    retryAfterSeconds: status === 429 || status === 503 ? retryAfter(error, field) : undefined,
    cause: error,
    call,
  });
}

/** The value of an expression is not among what the policies may call. */
export function frameFailure({ key, field, reason }: FrameRefusal): PolicyFailure {
  return new PolicyFailure(key, { details: field, field, cause: new Error(reason) });
}

/** The function itself failed: its text may hold anything, so the caller gets the plain message. */
export function functionFailure(functionError: string, invocation: Invocation, call: FailedCall): PolicyFailure {
  const parameters = parametersOf(invocation, functionError);
  const cause = new Error(`the function failed: ${functionError}`);
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { parameters, cause, kind: 'function_error', call });
}

/** The function's result is not an answer in the format that the step expects. */
export function resultFailure(error: FormatError, invocation: Invocation, call: FailedCall): PolicyFailure {
  const key = error.kind === 'status' ? 'AWS_LAMBDA_INVALID_STATUS_CODE' : 'AWS_LAMBDA_INVALID_RESPONSE';
  const parameters = parametersOf(invocation, undefined);
  return new PolicyFailure(key, { details: error.message, parameters, cause: error, kind: 'invalid_result', call });
}

/** Of a call that AWS answered, or that failed. */
export function failedCall(
  { requestId, attempts, ...told }: InvocationError | Pick<InvocationResult, 'requestId' | 'attempts'>,
  { functionName }: Invocation,
): FailedCall {
  const { errorType, statusCode } = 'kind' in told ? told : { errorType: undefined, statusCode: 200 };
  return { function: functionName, awsRequestId: requestId, errorType, statusCode, attempts };
}

/**
 * The status of a load balancer, a VPC endpoint or a proxy means the same as from AWS: a denial (the
 * reference's own suite answers 403 and nothing else), a size, a limit, a failure. Any other status is not an answer of Invoke.
 */
function isRefusal(status: number): boolean {
  return status === 403 || status === 413 || status === 429 || status >= 500;
}

/** The endpoint's wait is passed to the caller, up to a day. */
const MAX_RETRY_AFTER = 86_400;

/** Whole seconds, as HTTP has them. Throttling without a time of its own: soon, but not at once. */
function retryAfter({ retryAfterSeconds }: InvocationError, field: ErrorStatusField | undefined): number | undefined {
  if (retryAfterSeconds === undefined) return field === 'throttled' ? 1 : undefined;
  return Math.min(Math.ceil(retryAfterSeconds), MAX_RETRY_AFTER);
}

/** The class of an answer. AWS also throttles with other statuses than 429. A 504 without an AWS error is an intermediary's time limit. */
function answeredField({ kind, statusCode, throttling }: InvocationError): ErrorStatusField | undefined {
  if (kind !== 'service' && kind !== 'status') return undefined;
  if (statusCode === 413) return 'tooLarge';
  if (statusCode === 429 || throttling !== undefined) return 'throttled';
  return kind === 'status' && statusCode === 504 ? 'timeout' : 'unavailable';
}

function parametersOf(invocation: Invocation, error: string | undefined): ReadonlyMap<string, unknown> {
  const parameters = new Map<string, unknown>([
    ['function', invocation.functionName],
    ['region', invocation.region],
  ]);
  if (error !== undefined) parameters.set('error', error);
  return parameters;
}
