import type { EvaluationContext } from '../context.ts';
import { EvaluationFailure, type Run, type TransactionCache, type Value } from '../value.ts';
import type { CpuGuard } from './cpu-guard.ts';
import { type TransactionState, transactionState } from './transaction-state.ts';

/** The work of one evaluation, counted so that every template ends, whatever its data are. */
export const STEP_BUDGET = 1_000_000;
/** An evaluation of fewer steps is not measured: reading the CPU time takes about a microsecond. */
const STEPS_BEFORE_CHECK = 32;
const STEPS_PER_CHECK = 256;

/** One evaluation, with what it has used. */
export class EvaluationRun implements Run {
  readonly #context: EvaluationContext;
  readonly #roots: Value[] = [];
  #steps = 0;
  /** The number of steps above which a slower check runs. */
  #checkAt: number;
  #cpu: CpuGuard | undefined;
  #exhausted = false;

  constructor(context: EvaluationContext) {
    this.#context = context;
    this.#checkAt = context.evaluationMs === undefined ? STEP_BUDGET : STEPS_BEFORE_CHECK;
  }

  get steps(): number {
    return this.#steps;
  }

  step(count = 1): void {
    this.#steps += count;
    // Compared this way round, because a count of NaN would otherwise switch the budget off.
    if (!(this.#steps <= this.#checkAt)) this.#check();
  }

  #check(): void {
    if (!(this.#steps <= STEP_BUDGET)) {
      this.#steps = STEP_BUDGET;
      this.#checkAt = STEP_BUDGET - 1;
      this.#exhausted = true;
      throw new EvaluationFailure('the expression takes more steps than are allowed');
    }
    this.#checkAt = Math.min(STEP_BUDGET, this.#steps + STEPS_PER_CHECK);
    this.#cpu ??= this.#state.cpu;
    this.finish();
  }

  /**
   * Checks the CPU time, if it is measured.
   * @throws EvaluationFailure
   */
  finish(): void {
    const { evaluationMs } = this.#context;
    if (this.#cpu === undefined || evaluationMs === undefined || !this.#cpu.isOver(evaluationMs)) return;
    this.#exhausted = true;
    throw new EvaluationFailure(`the expressions of this request take more than ${evaluationMs} ms of CPU time`);
  }

  /** Whether the steps of this evaluation, or the transaction's CPU time, were used up. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** To be called when the evaluation has ended, whether it failed or not. */
  stop(): void {
    this.#cpu?.stop();
  }

  /** One bean for each variable of an evaluation, so that it equals itself. */
  root(index: number, make: () => Value): Value {
    const roots = this.#roots;
    const known = roots[index];
    if (known !== undefined) return known;
    const made = make();
    roots[index] = made;
    return made;
  }

  get cache(): TransactionCache {
    return this.#state;
  }

  get #state(): TransactionState {
    return transactionState(this.#context);
  }
}
