// Each way to give no result has one of the kinds that metrics, log and runbook know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureKindOf, InvocationError } from '../../../src/lambda/index.ts';
import { serviceErrorSchemas } from '../../support/service-errors.ts';

const kindOf = (statusCode: number, errorType?: string): string =>
  failureKindOf(
    new InvocationError(errorType === undefined ? 'foreign-status' : 'service-error', {
      message: 'm',
      statusCode,
      errorType,
    }),
  );

test('what operators alert on has a kind of its own', () => {
  for (const [status, errorType, kind] of [
    [429, 'TooManyRequestsException', 'throttled'],
    [502, 'EC2ThrottledException', 'throttled'],
    [400, 'ThrottlingException', 'throttled'],
    [429, undefined, 'throttled'],
    [403, 'AccessDeniedException', 'denied'],
    [403, 'UnrecognizedClientException', 'denied'],
    [403, 'InvalidSignatureException', 'denied'],
    [403, undefined, 'denied'],
    [403, 'ExpiredTokenException', 'credentials'],
    [404, 'ResourceNotFoundException', 'not_found'],
    [413, 'RequestTooLargeException', 'too_large'],
    [413, undefined, 'too_large'],
    [504, undefined, 'timeout'],
    [503, undefined, 'service_error'],
    [404, undefined, 'unexpected_status'],
    [302, undefined, 'unexpected_status'],
    [500, 'ServiceException', 'service_error'],
    [502, 'KMSAccessDeniedException', 'service_error'],
    [409, 'ResourceConflictException', 'service_error'],
    [408, 'EFSMountTimeoutException', 'service_error'],
    [403, 'EFSMountFailureException', 'service_error'],
    [400, 'SnapStartException', 'service_error'],
    [409, 'SnapStartRegenerationFailureException', 'service_error'],
    [400, 'ResourceInUseException', 'service_error'],
    [402, 'ServiceQuotaExceededException', 'service_error'],
    [400, 'InvalidRequestContentException', 'invalid_request'],
    [415, 'UnsupportedMediaTypeException', 'invalid_request'],
    [400, 'SomethingNewException', 'invalid_request'],
  ] as const) {
    assert.equal(kindOf(status, errorType), kind, `${status} ${errorType}`);
  }
});

test('who waits in vain for credentials looks for credentials, and not for a slow function', () => {
  assert.equal(failureKindOf(new InvocationError('credentials-timeout', { message: 'm' })), 'credentials');
});

test("every error of the service's model has a kind that tells of the service or of the request", () => {
  const kinds = new Set(serviceErrorSchemas().map(({ name, status }) => kindOf(status, name)));
  assert.deepEqual([...kinds].sort(), ['invalid_request', 'not_found', 'service_error', 'throttled', 'too_large']);
});
