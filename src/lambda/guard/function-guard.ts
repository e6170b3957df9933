import { InvocationError } from '../invocation-error.ts';
import { RetryBudget } from '../retry/retry-budget.ts';
import type { TransportOptions } from '../types.ts';
import { type Admission, CircuitBreaker, speaksOfHealth } from './circuit-breaker.ts';

/** What is shared by all calls of one function: how many are under way, whether its circuit is open, its retry budget. */
export class FunctionGuard {
  readonly budget = new RetryBudget();
  readonly #breaker = new CircuitBreaker();
  #active = 0;

  /**
   * How much would be lost with this guard, to be compared: 0 is nothing. An open circuit weighs more than any failures
   * and spent retries; one with calls under way is never to go.
   */
  get memory(): number {
    if (this.#active > 0) return Number.POSITIVE_INFINITY;
    return (this.#breaker.isOpen ? 1_000_000 : 0) + this.#breaker.failures + this.budget.spent;
  }

  /** Throws InvocationError (`refused`); else `leave` must follow, with what this gave. */
  enter({ maxConcurrency, circuitBreaker }: TransportOptions, now: number): Admission {
    if (maxConcurrency !== undefined && this.#active >= maxConcurrency) {
      throw refused('too-many-invocations', `${this.#active} invocations of the function are under way, the limit`, 1);
    }
    const admission = circuitBreaker === undefined ? 'closed' : this.#breaker.admit(now);
    if (admission === undefined) {
      const retryAfter = this.#breaker.retryAfterSeconds(now);
      throw refused('circuit-open', 'the circuit of the function is open after failures in a row', retryAfter);
    }
    this.#active += 1;
    return admission;
  }

  leave({ circuitBreaker }: TransportOptions, admission: Admission, error: unknown, now: number): void {
    this.#active -= 1;
    if (circuitBreaker === undefined) return;
    if (error === undefined) this.#breaker.succeed(admission);
    else if (error instanceof InvocationError && speaksOfHealth(error))
      this.#breaker.fail(admission, now, circuitBreaker);
    else if (error instanceof InvocationError && error.statusCode !== undefined) this.#breaker.succeed(admission);
    else this.#breaker.forget(admission);
  }
}

function refused(
  failure: 'too-many-invocations' | 'circuit-open',
  message: string,
  retryAfterSeconds: number,
): InvocationError {
  return new InvocationError(failure, { message: `${message}; nothing was sent`, retryAfterSeconds });
}
