import { ExpressionError } from '../expression/index.ts';
import { NoRoomError } from '../memory-account.ts';
import type { FailureKind } from '../observability/index.ts';
import { type ErrorKey, errorCatalogue } from './error-catalogue.ts';
import type { Phase } from './phase.ts';

export interface PolicyFailureOptions {
  /** What follows the key's message in the caller's text as ` Details: [...]`: no host, account, SDK text or data. */
  readonly details?: string | undefined;
  /** `#error.parameters` and `#parameters` of response templates. */
  readonly parameters?: ReadonlyMap<string, unknown> | undefined;
  /** Instead of the catalogue's status (`errorStatus`). */
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Why, for the log. */
  readonly cause?: unknown;
  /** JSON that the caller gets without a response template, whatever it accepts. */
  readonly body?: string | undefined;
  /** If neither the key nor the cause implies it. */
  readonly kind?: FailureKind | undefined;
  /** Of the step, as policies.yaml names it; an expression that failed has its own. */
  readonly field?: string | undefined;
  /** Of an invocation that gave no answer. */
  readonly call?: FailedCall | undefined;
  /** The caller caused the failure and can repeat it at will: it must not page anybody. */
  readonly byCaller?: boolean;
}

/** An invocation, as far as it came. */
export interface FailedCall {
  readonly function: string;
  readonly awsRequestId: string | undefined;
  /** AWS's name of its error. */
  readonly errorType: string | undefined;
  readonly statusCode: number | undefined;
  readonly attempts: number;
}

const noParameters: ReadonlyMap<string, unknown> = new Map();

/** A transaction that ends with an error for the caller. `message` is the caller's text; `cause` is for the log. */
export class PolicyFailure extends Error {
  override readonly name = 'PolicyFailure';
  readonly key: ErrorKey;
  readonly status: number;
  readonly parameters: ReadonlyMap<string, unknown>;
  readonly retryAfterSeconds: number | undefined;
  readonly byCaller: boolean;
  readonly body: string | undefined;
  readonly kind: FailureKind | undefined;
  readonly field: string | undefined;
  readonly call: FailedCall | undefined;

  constructor(key: ErrorKey, options: PolicyFailureOptions = {}) {
    const { message, status } = errorCatalogue[key];
    super(
      options.details === undefined ? message : `${message} Details: [${options.details}]`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.key = key;
    this.status = options.status ?? status;
    this.parameters = options.parameters ?? noParameters;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.byCaller = options.byCaller === true;
    this.body = options.body;
    this.kind = options.kind;
    this.field = options.field;
    this.call = options.call;
  }

  /** Any thrown error as the failure that the caller sees: an unexpected error is "Request processing broken". */
  static from(error: unknown): PolicyFailure {
    if (error instanceof PolicyFailure) return error;
    if (error instanceof NoRoomError) {
      return new PolicyFailure('LAMBDA_EXT_PROC_OVERLOADED', { retryAfterSeconds: 1, cause: error });
    }
    return new PolicyFailure('LAMBDA_EXT_PROC_INTERNAL', { cause: error });
  }
}

/** The caller gets the place; the expression's message may quote data and stays in the log. */
export function variableFailure(place: string, cause: unknown): unknown {
  if (!(cause instanceof ExpressionError)) return cause;
  return new PolicyFailure('AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION', { details: place, field: place, cause });
}

/** The caller cannot fix what a backend sends: it gets Envoy's own status for this, and does not count as the cause. */
export function bodyTooLarge(side: Phase, reason: string): PolicyFailure {
  const byCaller = side === 'request';
  const status = byCaller ? undefined : 500;
  return new PolicyFailure('LAMBDA_EXT_PROC_BODY_TOO_LARGE', { cause: new Error(reason), status, byCaller });
}
