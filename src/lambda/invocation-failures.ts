/** `unavailable`: no service was reached, there are no credentials, or AWS refused the call; only a preset gives it a status. */
export type ErrorStatusField = 'throttled' | 'timeout' | 'tooLarge' | 'unavailable';

export interface InvocationFailureFacts {
  /** For the log: a class of errors. */
  readonly kind: string;
  /** For the caller: no host, ARN, account or SDK text. `<status>` and `<field>` are the error's. */
  readonly details: string;
  /** The field of `errorStatus` that gives the caller's status. What a service answers has its field by the answer. */
  readonly errorStatus?: ErrorStatusField;
  /** No part of the call is sent, so the function cannot have run. */
  readonly unsent?: boolean;
}

/**
 * Every way in which an invocation gives no result; docs/reference/lambda-errors.md has a row for each. What depends on
 * how far a call came (whether the function may have run) is set by the code that makes the error.
 */
export const invocationFailures = {
  /** The service answered with one of its errors; `errorType` and `statusCode` say which. */
  'service-error': { kind: 'service', details: 'Service: Lambda, Status Code: <status>' },
  /** A status that is not 2xx and no AWS error (a proxy, a private endpoint). */
  'foreign-status': { kind: 'status', details: 'Service: Lambda, Status Code: <status>' },
  /** The invocation cannot be sent as configured: region, function name, endpoint … */
  'invalid-field': { kind: 'configuration', details: 'Service: Lambda, Invalid <field>', unsent: true },
  'invalid-connection-settings': {
    kind: 'configuration',
    details: 'Service: Lambda, Invalid connection settings',
    unsent: true,
  },
  /** The HTTP client refuses the request. */
  'invalid-request': { kind: 'configuration', details: 'Service: Lambda, Invalid request', unsent: true },
  'no-credentials': {
    kind: 'credentials',
    details: 'Service: Lambda, No credentials',
    errorStatus: 'unavailable',
    unsent: true,
  },
  'role-refused': {
    kind: 'credentials',
    details: 'Service: Sts, Status Code: <status>',
    errorStatus: 'unavailable',
    unsent: true,
  },
  /** Over the service's limit. */
  'payload-too-large': {
    kind: 'payload-too-large',
    details: 'Service: Lambda, Payload too large',
    errorStatus: 'tooLarge',
    unsent: true,
  },
  /** The function's concurrency limit. */
  'too-many-invocations': {
    kind: 'refused',
    details: 'Service: Lambda, Too many invocations',
    errorStatus: 'throttled',
    unsent: true,
  },
  /** New sessions of roles a second. */
  'too-many-sessions': {
    kind: 'refused',
    details: 'Service: Sts, Too many sessions',
    errorStatus: 'throttled',
    unsent: true,
  },
  'circuit-open': { kind: 'refused', details: 'Service: Lambda, Circuit open', errorStatus: 'throttled', unsent: true },
  'connection-timeout': { kind: 'timeout', details: 'Service: Lambda, Connection timeout', errorStatus: 'timeout' },
  'read-timeout': { kind: 'timeout', details: 'Service: Lambda, Read timeout', errorStatus: 'timeout' },
  /** The call was over before there were credentials. */
  'credentials-timeout': {
    kind: 'timeout',
    details: 'Service: Lambda, Credentials timeout',
    errorStatus: 'timeout',
    unsent: true,
  },
  /** Of one attempt, or of the whole call. */
  timeout: { kind: 'timeout', details: 'Service: Lambda, Timeout', errorStatus: 'timeout' },
  /** DNS, refused, TLS, reset, truncated answer. */
  'connection-failed': {
    kind: 'connection',
    details: 'Service: Lambda, Connection failed',
    errorStatus: 'unavailable',
  },
  /** Over the limit of this process. */
  'answer-too-large': {
    kind: 'answer-too-large',
    details: 'Service: Lambda, Answer too large',
    errorStatus: 'tooLarge',
  },
  /** This process has no room for the answer (`memory` of the invocation). */
  'no-room': { kind: 'no-room', details: 'Service: Lambda, No room for the answer' },
  /** A streamed result ends with an error of the function; `errorType` says which. */
  'function-failed': { kind: 'function', details: 'Service: Lambda, Function failed' },
  /** A streamed result ends with an error of the service; `errorType` says which. */
  'stream-error': { kind: 'stream', details: 'Service: Lambda, Stream error' },
  /** A streamed result that is not valid, is cut off, or ends without its last event. */
  'stream-broken': { kind: 'stream', details: 'Service: Lambda, Stream broken' },
  /** Nothing more of a streamed result came in time. */
  'stream-idle': { kind: 'timeout', details: 'Service: Lambda, Stream idle', errorStatus: 'timeout' },
  /** A streamed result did not end in time. */
  'stream-too-long': { kind: 'timeout', details: 'Service: Lambda, Stream too long', errorStatus: 'timeout' },
  /** The caller went away. */
  aborted: { kind: 'aborted', details: 'Service: Lambda, Aborted' },
} as const satisfies Record<string, InvocationFailureFacts>;

export type InvocationFailure = keyof typeof invocationFailures;
export type InvocationErrorKind = (typeof invocationFailures)[InvocationFailure]['kind'];
