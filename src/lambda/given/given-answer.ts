import type { InvocationFailure } from '../invocation-failures.ts';
import { STATUSES } from './service-statuses.ts';

/** What Lambda is made to answer, or why it is not reached, in place of a call. */
export type GivenAnswer = GivenResult | GivenRefusal | GivenFailure;

/** The function's result. An Event has none, and a DryRun neither. */
export interface GivenResult {
  readonly kind: 'result';
  readonly payload: Uint8Array;
  /** `payload` as it arrives where the answer is streamed; absent: in one piece. */
  readonly pieces?: readonly Uint8Array[] | undefined;
  /**
   * `Unhandled` or `Handled`: the function itself failed, and `payload` tells why. Where `pieces` are given it has sent them
   * before it failed.
   */
  readonly functionError?: string | undefined;
  readonly delayMs: number;
}

/** An error of the service, or with `name` undefined a status of something between that is none of AWS's. */
export interface GivenRefusal {
  readonly kind: 'refusal';
  /** As TooManyRequestsException. */
  readonly name: string | undefined;
  /** As AWS's for the name, where nobody says another. */
  readonly status: number;
  /** Which limit throttled the call, as CallerRateLimitExceeded. */
  readonly reason?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly delayMs: number;
}

/** Lambda is not reached, or its answer not read. */
export interface GivenFailure {
  readonly kind: 'failure';
  readonly failure: GivenFailureName;
  readonly delayMs: number;
}

/** What no answer says, and what does not follow from the invocation itself. */
export const givenFailures = [
  'no-credentials',
  'role-refused',
  'too-many-invocations',
  'too-many-sessions',
  'circuit-open',
  'connection-timeout',
  'read-timeout',
  'timeout',
  'connection-failed',
  'answer-too-large',
] as const satisfies readonly InvocationFailure[];
export type GivenFailureName = (typeof givenFailures)[number];

/** Every name of an error that AWS is known to answer with. */
export function serviceErrorNames(): readonly string[] {
  return [...STATUSES.keys()];
}

/** The status that AWS answers an error of this name with; undefined: the name is not known. */
export function serviceErrorStatus(name: string): number | undefined {
  return STATUSES.get(name);
}
