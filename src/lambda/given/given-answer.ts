import type { InvocationFailure } from '../invocation-failures.ts';
import { STATUSES } from './service-statuses.ts';

/** The given answer of Lambda, or why it is not reached, instead of a call. */
export type GivenAnswer = GivenResult | GivenRefusal | GivenFailure;

/** The function's result. An Event has none, and a DryRun neither. */
export interface GivenResult {
  readonly kind: 'result';
  readonly payload: Uint8Array;
  /** `payload` as it arrives where the answer is streamed; absent: in one piece. */
  readonly pieces?: readonly Uint8Array[] | undefined;
  /**
   * `Unhandled` or `Handled`: the function itself failed, and `payload` says why. If `pieces` are given, it has sent them
   * before it failed.
   */
  readonly functionError?: string | undefined;
  readonly delayMs: number;
}

/** An error of the service, or with `name` undefined the status of an intermediary that is not AWS. */
export interface GivenRefusal {
  readonly kind: 'refusal';
  /** As TooManyRequestsException. */
  readonly name: string | undefined;
  /** Default: the status that AWS uses for the name. */
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

/** Facts that neither the answer nor the invocation contains. */
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
