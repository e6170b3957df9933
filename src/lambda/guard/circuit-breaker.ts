import type { InvocationError } from '../invocation-error.ts';
import type { CircuitBreakerOptions } from '../types.ts';

/**
 * Closed: all pass. After `failures` in a row it opens: none pass for `openMs`. Then one may try (half-open): its success
 * closes the circuit, its failure opens it again. Times by a monotonic clock, in milliseconds.
 */
export class CircuitBreaker {
  #failures = 0;
  #openUntil: number | undefined;
  #trying = false;

  /** Whether a call may be made; a call that may must report back by `succeed`, `fail` or `forget`. */
  admit(now: number): boolean {
    if (this.#openUntil === undefined) return true;
    if (now < this.#openUntil || this.#trying) return false;
    this.#trying = true;
    return true;
  }

  succeed(): void {
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#trying = false;
  }

  fail(now: number, { failures, openMs }: CircuitBreakerOptions): void {
    this.#failures += 1;
    this.#trying = false;
    if (this.#failures >= failures) this.#openUntil = now + openMs;
  }

  /** The call says nothing of the function's health: its caller left, or it could not be built. */
  forget(): void {
    this.#trying = false;
  }

  /** Seconds until the next try, rounded up. */
  retryAfterSeconds(now: number): number {
    return this.#openUntil === undefined ? 0 : Math.max(1, Math.ceil((this.#openUntil - now) / 1000));
  }
}

/** Failures of the service or the way to it count; a refused request or a caller that left does not. */
export function speaksOfHealth(error: InvocationError): boolean {
  const { kind, statusCode } = error;
  if (kind === 'timeout' || kind === 'connection') return true;
  if (kind !== 'service' && kind !== 'status') return false;
  return statusCode !== undefined && (statusCode >= 500 || statusCode === 429 || statusCode === 408);
}
