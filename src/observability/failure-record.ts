import type { FailureKind } from './failure-kinds.ts';

/**
 * One failure of a request: created once, in `policy/report-failure.ts`, and shown by the log line `request failed`, by
 * `lambda_ext_proc_failures_total` and by the admin page. Plain data without secrets and without values of private variables, which can be
 * sent to another process as JSON. Unknown fields are undefined. The length of texts is limited.
 */
export interface FailureRecord {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The request's original `x-request-id`. */
  readonly requestId: string | undefined;
  /** 32 hexadecimal digits of the request's trace. */
  readonly traceId: string | undefined;
  /** As Envoy names it (`xds.route_name`). */
  readonly route: string | undefined;
  /** '' if the request matched none. */
  readonly api: string;
  /** The step that failed; undefined: none had started. */
  readonly policy: string | undefined;
  /** Of the step, e.g. `function`, `condition` or `mutations.headers.set.x-tier`. */
  readonly field: string | undefined;
  /** Of the expression that failed, e.g. `policies.yaml:18:26`. */
  readonly place: string | undefined;
  /** The error key that the caller, the access log and response templates see. */
  readonly key: string;
  readonly kind: FailureKind;
  /** One line. */
  readonly reason: string;
  /** Of the caller's answer, also if a response template sets it. */
  readonly status: number;
  /** The caller caused the failure and can repeat it at will: it is not an error of the operator. */
  readonly byCaller: boolean;
  /** The request continued (`onError: continue`, `onConditionError: skip`). */
  readonly goesOn: boolean;
  /** Of the invocation, if one failed. */
  readonly function: string | undefined;
  /** AWS's id of the invocation. */
  readonly awsRequestId: string | undefined;
  /** AWS's name of its error, e.g. TooManyRequestsException. */
  readonly errorType: string | undefined;
  /** Of AWS's answer. */
  readonly statusCode: number | undefined;
  readonly attempts: number | undefined;
}

/** The number of failures that are kept and shown, of all workers together. */
export const MOST_FAILURES = 100;

/** The last failures of a process that callers did not cause. */
export class RecentFailures {
  #records: FailureRecord[] = [];

  add(record: FailureRecord): void {
    // A copy: a text that was cut from a longer one would keep all of it in memory.
    this.#records.push(structuredClone(record));
    // Cut only now and then: removing the first item at each failure would move all others.
    if (this.#records.length >= 2 * MOST_FAILURES) this.#records = this.#records.slice(-MOST_FAILURES);
  }

  /** Newest first. */
  list(): readonly FailureRecord[] {
    return this.#records.slice(-MOST_FAILURES).reverse();
  }
}
