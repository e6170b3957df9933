import type { InvocationFailureKind } from '../observability/index.ts';
import {
  type InvocationErrorKind,
  type InvocationFailure,
  type InvocationFailureFacts,
  invocationFailures,
} from './invocation-failures.ts';
import type { Throttling } from './result/throttling.ts';

export interface InvocationErrorOptions {
  /** For the log: may name hosts, ARNs and AWS's own text. */
  readonly message: string;
  /** The field of the invocation that is invalid. */
  readonly field?: string | undefined;
  readonly statusCode?: number | undefined;
  /** AWS's name of the error, e.g. TooManyRequestsException. */
  readonly errorType?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The service throttled the call. */
  readonly throttling?: Throttling | undefined;
  /** The decoded tail of the log of a function that failed. */
  readonly logTail?: string | undefined;
  /** Absent: 0 where the catalogue says that nothing is sent, else 1. */
  readonly attempts?: number | undefined;
  /** False only when the function cannot have run. Absent: as the catalogue says, else true. */
  readonly mayHaveRun?: boolean | undefined;
  /** Kinds of the failures of earlier attempts. */
  readonly retried?: readonly InvocationFailureKind[] | undefined;
  readonly cause?: unknown;
}

/** Why an invocation gave no result. `message` is for the log, `details` for the caller. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
  readonly failure: InvocationFailure;
  readonly kind: InvocationErrorKind;
  /** E.g. `Service: Lambda, Status Code: 403`: no host, ARN, account or SDK text. */
  readonly details: string;
  /** See InvocationFailureFacts. */
  readonly errorStatus: InvocationFailureFacts['errorStatus'];
  readonly field: string | undefined;
  readonly statusCode: number | undefined;
  readonly errorType: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly throttling: Throttling | undefined;
  /** For the log only. */
  readonly logTail: string | undefined;
  readonly attempts: number;
  readonly mayHaveRun: boolean;
  /** Kinds of the failures of earlier attempts; undefined: there was none. */
  readonly retried: readonly InvocationFailureKind[] | undefined;

  constructor(failure: InvocationFailure, options: InvocationErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    const { details, errorStatus, unsent = false }: InvocationFailureFacts = invocationFailures[failure];
    const { field, statusCode } = options;
    this.failure = failure;
    this.kind = invocationFailures[failure].kind;
    this.details = details.replace('<status>', `${statusCode}`).replace('<field>', `${field}`);
    this.errorStatus = errorStatus;
    this.field = field;
    this.statusCode = statusCode;
    this.errorType = options.errorType;
    this.requestId = options.requestId;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.throttling = options.throttling;
    this.logTail = options.logTail;
    this.attempts = options.attempts ?? (unsent ? 0 : 1);
    this.retried = options.retried;
    this.mayHaveRun = options.mayHaveRun ?? !unsent;
  }
}
