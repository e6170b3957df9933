import type { FailureKind } from './failure-kinds.ts';

/**
 * One failure of a request: made once, in `policy/report-failure.ts`, and shown by the log line `request failed`, by
 * `lambda_ext_proc_failures_total` and by the admin page. Plain data without secrets and without values of private variables: it can go to
 * another process as JSON. What is not known is undefined. Texts are bounded.
 */
export interface FailureRecord {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The request's `x-request-id`, as it came. */
  readonly requestId: string | undefined;
  /** 32 hexadecimal digits of the request's trace. */
  readonly traceId: string | undefined;
  /** As Envoy names it (`xds.route_name`). */
  readonly route: string | undefined;
  /** '' where the request led to none. */
  readonly api: string;
  /** The step that failed; undefined: none had begun. */
  readonly policy: string | undefined;
  /** Of the step, as `function`, `condition` or `mutations.headers.set.x-tier`. */
  readonly field: string | undefined;
  /** Of the expression that failed, as `policies.yaml:18:26`. */
  readonly place: string | undefined;
  /** The error key that the caller, the access log and response templates see. */
  readonly key: string;
  readonly kind: FailureKind;
  /** One line. */
  readonly reason: string;
  /** Of the caller's answer, by a response template too. */
  readonly status: number;
  /** The caller made it fail, and could at will: it is no error of the operator's. */
  readonly byCaller: boolean;
  /** The request went on all the same (`onError: continue`, `onConditionError: skip`). */
  readonly goesOn: boolean;
  /** Of the invocation, where one failed. */
  readonly function: string | undefined;
  /** AWS's id of the invocation. */
  readonly awsRequestId: string | undefined;
  /** AWS's name of its error, as TooManyRequestsException. */
  readonly errorType: string | undefined;
  /** Of AWS's answer. */
  readonly statusCode: number | undefined;
  readonly attempts: number | undefined;
}

/** How many are kept and shown, of all workers together. */
export const MOST_FAILURES = 100;

/** The last failures of a process that callers did not cause. */
export class RecentFailures {
  #records: FailureRecord[] = [];

  add(record: FailureRecord): void {
    // A copy: a text that was cut of a longer one would hold all of that in memory.
    this.#records.push(structuredClone(record));
    // Cut now and then: an array that loses its first item with each failure would move all others.
    if (this.#records.length >= 2 * MOST_FAILURES) this.#records = this.#records.slice(-MOST_FAILURES);
  }

  /** The newest first. */
  list(): readonly FailureRecord[] {
    return this.#records.slice(-MOST_FAILURES).reverse();
  }
}
