import type { Throttling } from './throttling.ts';

/** What an error of the service means for the function and for another try. */
export interface ErrorClass {
  /** `never`: the function cannot have run. `maybe`: it is not known. */
  readonly ran: 'never' | 'maybe';
  /** `yes`: safe, and likely to succeed. `idempotent`: only if the configuration says that the function may run twice. */
  readonly retry: 'yes' | 'idempotent' | 'no';
  /** For the reference; one clause. */
  readonly why: string;
}

const throttled: ErrorClass = { ran: 'never', retry: 'yes', why: 'throttled before the function was started' };
const starting: ErrorClass = {
  ran: 'never',
  retry: 'yes',
  why: 'the execution environment could not be set up this time',
};
const setUp: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: 'the set-up of the function is wrong and must be fixed first',
};
const refused: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: 'refused before the function was started; the same request would be refused again',
};
const notReady: ErrorClass = { ran: 'never', retry: 'no', why: 'takes longer than a request can wait' };
const denied: ErrorClass = { ran: 'never', retry: 'no', why: 'refused because of the identity or its permissions' };
const unknown: ErrorClass = { ran: 'maybe', retry: 'idempotent', why: 'it is not known whether the function ran' };
const management: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: 'an error of managing functions, not of invoking them',
};
/** As `refused`, but because of a quota of the account. */
const quota: ErrorClass = { ...refused };
const clock: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: "retried once with the service's time if the clocks differ by 4 minutes or more",
};

const expired: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: 'retried once with new credentials, unless they are static keys',
};

/** Every error class that `@aws-sdk/client-lambda` knows (a test compares), then those that all of AWS's services share. */
const CLASSES: ReadonlyMap<string, ErrorClass> = new Map(
  Object.entries({
    AliasLimitExceededException: management,
    CallbackTimeoutException: management,
    CapacityProviderLimitExceededException: management,
    CodeArtifactUserDeletedException: setUp,
    CodeArtifactUserFailedException: setUp,
    CodeArtifactUserPendingException: notReady,
    CodeSigningConfigNotFoundException: management,
    CodeStorageExceededException: management,
    CodeVerificationFailedException: management,
    DurableExecutionAlreadyStartedException: refused,
    EC2AccessDeniedException: setUp,
    EC2ThrottledException: throttled,
    EC2UnexpectedException: starting,
    EFSIOException: unknown,
    EFSMountConnectivityException: starting,
    EFSMountFailureException: setUp,
    EFSMountTimeoutException: starting,
    ENILimitReachedException: starting,
    ENINotReadyException: starting,
    FunctionVersionsPerCapacityProviderLimitExceededException: management,
    InvalidCodeSignatureException: management,
    InvalidParameterValueException: refused,
    InvalidRequestContentException: refused,
    InvalidRuntimeException: setUp,
    InvalidSecurityGroupIDException: setUp,
    InvalidSubnetIDException: setUp,
    InvalidZipFileException: setUp,
    KMSAccessDeniedException: setUp,
    KMSDisabledException: setUp,
    KMSInvalidStateException: setUp,
    KMSNotFoundException: setUp,
    ModeNotSupportedException: refused,
    NoPublishedVersionException: setUp,
    PolicyLengthExceededException: management,
    PreconditionFailedException: management,
    ProvisionedConcurrencyConfigNotFoundException: management,
    PublicPolicyException: management,
    RecursiveInvocationException: refused,
    RequestTooLargeException: refused,
    ResourceConflictException: notReady,
    ResourceInUseException: notReady,
    ResourceNotFoundException: refused,
    ResourceNotReadyException: starting,
    S3FilesMountConnectivityException: starting,
    S3FilesMountFailureException: setUp,
    S3FilesMountTimeoutException: starting,
    SerializedRequestEntityTooLargeException: refused,
    ServiceException: unknown,
    ServiceQuotaExceededException: quota,
    SnapStartException: setUp,
    SnapStartNotReadyException: notReady,
    SnapStartRegenerationFailureException: setUp,
    SnapStartTimeoutException: starting,
    SubnetIPAddressLimitReachedException: starting,
    TooManyRequestsException: throttled,
    UnsupportedMediaTypeException: refused,

    AccessDeniedException: denied,
    ExpiredTokenException: expired,
    IncompleteSignatureException: denied,
    InvalidClientTokenId: denied,
    InvalidSignatureException: clock,
    MissingAuthenticationTokenException: denied,
    NotAuthorized: denied,
    OptInRequired: denied,
    RequestExpired: clock,
    RequestInTheFuture: clock,
    RequestTimeTooSkewed: clock,
    SignatureDoesNotMatch: clock,
    UnrecognizedClientException: denied,
    UnknownOperationException: refused,
    ValidationException: refused,
    RequestLimitExceeded: throttled,
    SlowDown: throttled,
    Throttling: throttled,
    ThrottledException: throttled,
    ThrottlingException: throttled,
  }),
);

const OF_FUNCTION: ReadonlySet<ErrorClass> = new Set([starting, setUp, notReady, unknown, quota]);

/** Also for names and answers that are not listed. */
export function errorClassOf(errorType: string | undefined, status: number): ErrorClass {
  const known = errorType === undefined ? undefined : CLASSES.get(errorType);
  if (known !== undefined) return known;
  return status === 429
    ? throttled
    : status >= 500
      ? unknown
      : { ran: 'maybe', retry: 'no', why: 'an answer of an unknown kind' };
}

/** The service or an intermediary is busy: send less, or the same later. */
export function isThrottling(errorType: string | undefined, status: number): boolean {
  return status === 429 || errorClassOf(errorType, status) === throttled;
}

/** Errors by which the service says that the request's time differs from its own. */
export function isClockError(errorType: string | undefined): boolean {
  return errorType !== undefined && CLASSES.get(errorType) === clock;
}

/**
 * Refused because of the identity that signed the call, not because of the function: rights, keys, time of the signature, rate. For an
 * answer that does not come from AWS, HTTP's statuses about identities count.
 */
export function refusesIdentity({ errorType, statusCode = 0, throttling }: IdentityFacts): boolean {
  const known = errorType === undefined ? undefined : CLASSES.get(errorType);
  if (known !== undefined) {
    return known === denied || known === expired || known === clock || throttling?.limit === 'caller';
  }
  return statusCode === 401 || statusCode === 403 || statusCode === 407;
}

interface IdentityFacts {
  readonly errorType: string | undefined;
  readonly statusCode: number | undefined;
  readonly throttling: Throttling | undefined;
}

/**
 * The error is about the function, its set-up or the account, whatever the status: the same request may be answered once that
 * is fixed.
 */
export function tellsOfFunction(errorType: string | undefined): boolean {
  const known = errorType === undefined ? undefined : CLASSES.get(errorType);
  return known !== undefined && OF_FUNCTION.has(known);
}

/** The session token has expired: another one is needed, and the function cannot have run. */
export function isExpiredToken(errorType: string | undefined): boolean {
  return errorType === 'ExpiredTokenException' || errorType === 'ExpiredToken';
}

export function listErrorClasses(): ReadonlyMap<string, ErrorClass> {
  return CLASSES;
}
