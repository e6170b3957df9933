import type { InvocationError } from '../invocation-error.ts';
import { refusesIdentity } from '../result/error-classes.ts';
import type { CircuitBreakerOptions } from '../types.ts';

/** How a call was let through: a `trial` decides whether an open circuit closes. */
export type Admission = 'closed' | 'trial';

/**
 * Closed: all pass. After `failures` consecutive failures it opens: none pass for `openMs`. Then one may try: its success closes the
 * circuit, its failure opens it again. Calls that began before the circuit opened no longer count. Times by a monotonic
 * clock, in milliseconds.
 */
export class CircuitBreaker {
  #failures = 0;
  #openUntil: number | undefined;
  #trying = false;

  /** Consecutive, the last one included. */
  get failures(): number {
    return this.#failures;
  }

  /** Undefined: it is closed. */
  get openUntil(): number | undefined {
    return this.#openUntil;
  }

  /** Whether it refuses calls now. */
  refusesAt(now: number): boolean {
    return this.#openUntil !== undefined && now < this.#openUntil;
  }

  /** Undefined: the call may not be made. One that may must report back by `succeed`, `fail` or `forget`. */
  admit(now: number): Admission | undefined {
    if (this.#openUntil === undefined) return 'closed';
    if (now < this.#openUntil || this.#trying) return undefined;
    this.#trying = true;
    return 'trial';
  }

  succeed(admission: Admission): void {
    if (admission === 'closed' && this.#openUntil !== undefined) return;
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#trying = false;
  }

  /** True: it opens, or opens again. */
  fail(admission: Admission, now: number, { failures, openMs }: CircuitBreakerOptions): boolean {
    if (admission === 'closed' && this.#openUntil !== undefined) return false;
    this.#failures++;
    this.#trying = false;
    const opens = admission === 'trial' || this.#failures >= failures;
    if (opens) this.#openUntil = now + openMs;
    return opens;
  }

  /** The call says nothing about the function's health: its caller left, or it could not be built. */
  forget(admission: Admission): void {
    if (admission === 'trial') this.#trying = false;
  }

  /** Seconds until the next try, rounded up. */
  retryAfterSeconds(now: number): number {
    return this.#openUntil === undefined ? 0 : Math.max(1, Math.ceil((this.#openUntil - now) / 1000));
  }
}

/**
 * What a call's error says about the function's health. `nothing`: it could not be built, its caller left, or the identity that
 * signed it was refused, which must not affect others that call the same function. `well`: the answer was as it should be.
 */
export function healthOf(error: InvocationError): 'ill' | 'well' | 'nothing' {
  const { failure, kind, statusCode } = error;
  if (failure === 'credentials-timeout') return 'nothing';
  if (kind === 'timeout' || kind === 'connection' || kind === 'stream') return 'ill';
  // As of an Invoke whose function fails: it was reached, and has answered.
  if (kind === 'function') return 'well';
  if ((kind !== 'service' && kind !== 'status') || statusCode === undefined || refusesIdentity(error)) return 'nothing';
  return statusCode >= 500 || statusCode === 429 || statusCode === 408 ? 'ill' : 'well';
}
