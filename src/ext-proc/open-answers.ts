import { PolicyFailure } from '../policy/index.ts';

/** An answer that arrives, and that a shutdown must end. */
export interface OpenAnswer {
  cut(failure: PolicyFailure): void;
}

/** All answers of the process that are sent while they arrive, or will be. */
export class OpenAnswers {
  readonly #all = new Set<OpenAnswer>();

  add(answer: OpenAnswer): void {
    this.#all.add(answer);
  }

  delete(answer: OpenAnswer): void {
    this.#all.delete(answer);
  }

  /** The time to drain is over: their callers are told, before connections are cut. */
  cutAll(): void {
    const cause = new Error('the answer was not at its end when the drain time was over');
    for (const answer of [...this.#all]) answer.cut(new PolicyFailure('LAMBDA_EXT_PROC_SHUTTING_DOWN', { cause }));
  }
}
