import { InvocationError } from '../invocation-error.ts';
import { RetryBudget } from '../retry/retry-budget.ts';
import type { TransportOptions } from '../types.ts';
import { type Admission, CircuitBreaker, healthOf } from './circuit-breaker.ts';

/** Credentials may be made of a caller's data. */
const MAX_BUDGETS = 64;

/**
 * Shared by all calls of one function with the same settings: the number of running calls, whether its circuit is open, its
 * retry budgets.
 */
export class FunctionGuard {
  /** Of the first identity; mostly there is only one. */
  readonly budget = new RetryBudget();
  #first: string | undefined;
  #others: Map<string, RetryBudget> | undefined;
  readonly #breaker = new CircuitBreaker();
  #active = 0;
  #calls = 0;

  /** Calls that came, the refused ones included. */
  get calls(): number {
    return this.#calls;
  }

  /**
   * How much state would be lost with this guard, for comparison: 0 is nothing. A circuit that refuses weighs more than any
   * failures and spent retries; a guard with running calls is never dropped.
   */
  memory(now: number): number {
    if (this.#active > 0) return Number.POSITIVE_INFINITY;
    return (this.#breaker.refusesAt(now) ? 1_000_000 : 0) + this.#breaker.failures + this.#spent();
  }

  /** See CircuitBreaker. */
  get openUntil(): number | undefined {
    return this.#breaker.openUntil;
  }

  /** Retries are paid for by each identity on its own, as by each client of the SDK. */
  budgetOf(identity: string): RetryBudget {
    this.#first ??= identity;
    if (identity === this.#first) return this.budget;
    this.#others ??= new Map();
    const known = this.#others.get(identity);
    if (known !== undefined) return known;
    if (this.#others.size >= MAX_BUDGETS) this.#dropBudget(this.#others);
    const budget = new RetryBudget();
    this.#others.set(identity, budget);
    return budget;
  }

  /** Throws InvocationError (`refused`); otherwise `leave` must follow, with the returned value. */
  enter({ maxConcurrency, circuitBreaker }: TransportOptions, now: number): Admission {
    this.#calls++;
    if (maxConcurrency !== undefined && this.#active >= maxConcurrency) {
      throw refused(
        'too-many-invocations',
        `${this.#active} invocations of the function are running, which is the limit`,
        1,
      );
    }
    const admission = circuitBreaker === undefined ? 'closed' : this.#breaker.admit(now);
    if (admission === undefined) {
      const retryAfter = this.#breaker.retryAfterSeconds(now);
      throw refused('circuit-open', 'the circuit of the function is open after consecutive failures', retryAfter);
    }
    this.#active++;
    return admission;
  }

  /** True: this opens the circuit. */
  leave({ circuitBreaker }: TransportOptions, admission: Admission, error: unknown, now: number): boolean {
    this.#active--;
    if (circuitBreaker === undefined) return false;
    const health = error === undefined ? 'well' : error instanceof InvocationError ? healthOf(error) : 'nothing';
    if (health === 'ill') return this.#breaker.fail(admission, now, circuitBreaker);
    if (health === 'well') this.#breaker.succeed(admission);
    else this.#breaker.forget(admission);
    return false;
  }

  #spent(): number {
    let spent = this.budget.spent;
    for (const other of this.#others?.values() ?? []) spent += other.spent;
    return spent;
  }

  /** The one with the least state. */
  #dropBudget(budgets: Map<string, RetryBudget>): void {
    const [least] = [...budgets].sort(([, a], [, b]) => a.spent - b.spent);
    if (least !== undefined) budgets.delete(least[0]);
  }
}

function refused(
  failure: 'too-many-invocations' | 'circuit-open',
  message: string,
  retryAfterSeconds: number,
): InvocationError {
  return new InvocationError(failure, { message: `${message}; nothing was sent`, retryAfterSeconds });
}
