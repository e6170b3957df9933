import { InvocationError } from '../invocation-error.ts';
import { type Answer, header } from '../transport/answer.ts';
import type { InvocationResult } from '../types.ts';
import { errorClassOf, isThrottling } from './error-classes.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { readServiceError, requestIdOf } from './service-error.ts';
import { throttlingOf } from './throttling.ts';

/** The service sends the last 4 KB. */
const LOG_TAIL_BYTES = 4096;

/** The result in an answer. Throws InvocationError of kind `service` or `status` when the status is not 2xx. */
export function readAnswer(answer: Answer, attempts: number, logTail: boolean, now: number): InvocationResult {
  const { status, headers, body } = answer;
  if (status < 200 || status > 299) throw errorOf(answer, attempts, now);
  return {
    status,
    functionError: header(headers, 'x-amz-function-error'),
    executedVersion: header(headers, 'x-amz-executed-version'),
    requestId: requestIdOf(headers),
    logTail: logTail ? decodeTail(header(headers, 'x-amz-log-result')) : undefined,
    payload: body,
    held: body.byteLength,
    attempts,
  };
}

function errorOf(answer: Answer, attempts: number, now: number): InvocationError {
  const { status, headers } = answer;
  const { errorType, message, reason } = readServiceError(answer);
  const throttling = isThrottling(errorType, status) ? throttlingOf(reason) : undefined;
  const words = [message, throttling?.reason].filter((one) => one !== undefined).join(' ');
  const requestId = requestIdOf(headers);
  return new InvocationError(errorType === undefined ? 'foreign-status' : 'service-error', {
    message:
      errorType === undefined
        ? `the endpoint answered ${status}, and not as AWS does`
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

function decodeTail(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  // Four characters of base64 are three bytes.
  const bytes = Buffer.from(encoded.slice(0, Math.ceil(LOG_TAIL_BYTES / 3) * 4), 'base64');
  return bytes.subarray(0, LOG_TAIL_BYTES).toString();
}
