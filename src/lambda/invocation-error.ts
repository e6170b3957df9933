export type InvocationErrorKind =
  /** The service answered with one of its errors; `errorType` and `statusCode` say which. */
  | 'service'
  /** A status that is not 2xx and no AWS error (a proxy, a private endpoint). */
  | 'status'
  /** Connection, read, attempt or whole-call timeout. */
  | 'timeout'
  /** DNS, refused, TLS, reset, truncated answer. */
  | 'connection'
  /** No credentials, or STS refused the role. */
  | 'credentials'
  /** The payload is over the service's limit; nothing was sent. */
  | 'payload-too-large'
  /** The answer is over the limit that this process keeps. */
  | 'answer-too-large'
  /** Concurrency limit or open circuit of the function; nothing was sent. */
  | 'refused'
  /** The invocation cannot be sent as configured (region, function name, endpoint, trust store). */
  | 'configuration'
  /** The caller went away. */
  | 'aborted';

export interface InvocationErrorOptions {
  readonly kind: InvocationErrorKind;
  /** For the log: may name hosts, ARNs and AWS's own text. */
  readonly message: string;
  readonly statusCode?: number | undefined;
  /** AWS's name of the error, e.g. TooManyRequestsException. */
  readonly errorType?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly attempts?: number | undefined;
  /** False only when the function cannot have run. */
  readonly mayHaveRun: boolean;
  /** What a caller may see: no host, ARN, account or SDK text. */
  readonly details: string;
  readonly cause?: unknown;
}

/** Why an invocation gave no result. `message` is for the log, `details` for the caller. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
  readonly kind: InvocationErrorKind;
  readonly statusCode: number | undefined;
  readonly errorType: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly attempts: number;
  readonly mayHaveRun: boolean;
  /** E.g. `Service: Lambda, Status Code: 403`. */
  readonly details: string;

  constructor(options: InvocationErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = options.kind;
    this.statusCode = options.statusCode;
    this.errorType = options.errorType;
    this.requestId = options.requestId;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.attempts = options.attempts ?? 1;
    this.mayHaveRun = options.mayHaveRun;
    this.details = options.details;
  }
}
