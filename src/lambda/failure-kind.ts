import type { InvocationFailureKind } from '../observability/index.ts';
import type { InvocationError } from './invocation-error.ts';
import type { InvocationFailure } from './invocation-failures.ts';
import { isExpiredToken, isThrottling, refusesIdentity, tellsOfFunction } from './result/error-classes.ts';

/** Kinds that depend on the service's answer are not here. */
const KINDS: Readonly<Record<Exclude<InvocationFailure, 'service-error' | 'foreign-status'>, InvocationFailureKind>> = {
  'invalid-field': 'invalid_request',
  'invalid-connection-settings': 'invalid_request',
  'invalid-request': 'invalid_request',
  'no-credentials': 'credentials',
  'role-refused': 'credentials',
  'payload-too-large': 'too_large',
  'too-many-invocations': 'concurrency_limit',
  'too-many-sessions': 'session_limit',
  'circuit-open': 'circuit_open',
  'connection-timeout': 'timeout',
  'read-timeout': 'timeout',
  'credentials-timeout': 'credentials',
  timeout: 'timeout',
  'connection-failed': 'connection',
  'answer-too-large': 'too_large',
  'no-room': 'no_room',
  'function-failed': 'function_error',
  'stream-error': 'stream',
  'stream-broken': 'stream',
  'stream-idle': 'timeout',
  'stream-too-long': 'timeout',
  aborted: 'aborted',
};

/** The kind of a failure, as metrics, log lines and records name it. */
export function failureKindOf(error: InvocationError): InvocationFailureKind {
  const { failure } = error;
  if (failure !== 'service-error' && failure !== 'foreign-status') return KINDS[failure];
  const { errorType, statusCode = 0 } = error;
  if (isThrottling(errorType, statusCode)) return 'throttled';
  if (isExpiredToken(errorType)) return 'credentials';
  if (refusesIdentity(error)) return 'denied';
  if (statusCode === 413) return 'too_large';
  if (failure === 'foreign-status') {
    if (statusCode === 504) return 'timeout';
    return statusCode >= 500 ? 'service_error' : 'unexpected_status';
  }
  if (statusCode === 404) return 'not_found';
  return statusCode >= 500 || tellsOfFunction(errorType) ? 'service_error' : 'invalid_request';
}
