import type { Throttling } from './throttling.ts';

/** What an error of the service means for the function and for another try. */
export interface ErrorClass {
  /** `never`: the function cannot have run. `maybe`: nobody can tell. */
  readonly ran: 'never' | 'maybe';
  /** `yes`: safe and promising. `idempotent`: only where the configuration says that running twice is fine. */
  readonly retry: 'yes' | 'idempotent' | 'no';
  /** For the reference; one clause. */
  readonly why: string;
}

const throttled: ErrorClass = { ran: 'never', retry: 'yes', why: 'throttled before the function was started' };
const starting: ErrorClass = { ran: 'never', retry: 'yes', why: 'the environment could not be set up this time' };
const setUp: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: 'the set-up of the function is wrong until someone mends it',
};
const refused: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: 'refused before the function was started; the same again is refused again',
};
const notReady: ErrorClass = { ran: 'never', retry: 'no', why: 'lasts longer than a request can wait' };
const denied: ErrorClass = { ran: 'never', retry: 'no', why: 'refused by identity or permission' };
const unknown: ErrorClass = { ran: 'maybe', retry: 'idempotent', why: 'nobody can tell how far it came' };
const management: ErrorClass = { ran: 'never', retry: 'no', why: 'belongs to the management of functions' };
/** As refused, but by what the account may have. */
const quota: ErrorClass = { ...refused };
const clock: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: "repeated once with the service's time when the clocks are 4 minutes apart or more",
};

const expired: ErrorClass = {
  ran: 'never',
  retry: 'no',
  why: 'repeated once with new credentials, unless they are static keys',
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

/** Also for names and answers that nobody has listed. */
export function errorClassOf(errorType: string | undefined, status: number): ErrorClass {
  const known = errorType === undefined ? undefined : CLASSES.get(errorType);
  if (known !== undefined) return known;
  return status === 429
    ? throttled
    : status >= 500
      ? unknown
      : { ran: 'maybe', retry: 'no', why: 'an answer of an unknown kind' };
}

/** The service or something before it is busy: it wants less, or the same later. */
export function isThrottling(errorType: string | undefined, status: number): boolean {
  return status === 429 || errorClassOf(errorType, status) === throttled;
}

/** Errors by which the service says that the request's time is not its own. */
export function isClockError(errorType: string | undefined): boolean {
  return errorType !== undefined && CLASSES.get(errorType) === clock;
}

/**
 * Refused for who signed the call, not for the function: its rights, its keys, the time of its signature, its own rate. Of an
 * answer that is none of AWS's: what HTTP says of identities.
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
 * Says something of the function, its set-up or the account, whatever the status: the same request may be answered once that
 * is mended.
 */
export function tellsOfFunction(errorType: string | undefined): boolean {
  const known = errorType === undefined ? undefined : CLASSES.get(errorType);
  return known !== undefined && OF_FUNCTION.has(known);
}

/** The session token's time is over: another one is needed, and the function cannot have run. */
export function isExpiredToken(errorType: string | undefined): boolean {
  return errorType === 'ExpiredTokenException' || errorType === 'ExpiredToken';
}

export function listErrorClasses(): ReadonlyMap<string, ErrorClass> {
  return CLASSES;
}
