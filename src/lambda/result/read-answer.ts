import { InvocationError } from '../invocation-error.ts';
import { type Answer, header } from '../transport/answer.ts';
import type { InvocationResult } from '../types.ts';
import { errorClassOf, isThrottling } from './error-classes.ts';
import { decodeTail } from './log-tail.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { readServiceError, requestIdOf } from './service-error.ts';
import { throttlingOf } from './throttling.ts';

/** The result in an answer. Throws InvocationError of kind `service` or `status` when the status is not 2xx. */
export function readAnswer(answer: Answer, attempts: number, logTail: boolean, now: number): InvocationResult {
  const { status, headers, body } = answer;
  if (status < 200 || status > 299) throw errorOf(answer, attempts, now);
  const tail = logTail ? header(headers, 'x-amz-log-result') : undefined;
  return {
    status,
    functionError: header(headers, 'x-amz-function-error'),
    executedVersion: header(headers, 'x-amz-executed-version'),
    requestId: requestIdOf(headers),
    logTail: tail === undefined ? undefined : decodeTail(tail),
    payload: body,
    held: body.byteLength,
    attempts,
  };
}

/** The error of an answer outside 2xx. */
export function errorOf(answer: Answer, attempts: number, now: number): InvocationError {
  const { status, headers } = answer;
  const { errorType, message, reason } = readServiceError(answer);
  const throttling = isThrottling(errorType, status) ? throttlingOf(reason) : undefined;
  const words = [message, throttling?.reason].filter((one) => one !== undefined).join(' ');
  const requestId = requestIdOf(headers);
  return new InvocationError(errorType === undefined ? 'foreign-status' : 'service-error', {
    message:
      errorType === undefined
        ? `the endpoint answered ${status}, but not in the way that AWS does`
        : `${errorType} (${status})${words === '' ? '' : `: ${words}`}`,
    statusCode: status,
    errorType,
    requestId,
    retryAfterSeconds: retryAfterSeconds(headers, now),
    throttling,
    attempts,
    mayHaveRun: errorClassOf(errorType, status).ran === 'maybe',
  });
}
