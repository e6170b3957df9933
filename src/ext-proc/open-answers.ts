import { PolicyFailure } from '../policy/index.ts';

/** An answer that arrives, and that a shutdown must end. */
export interface OpenAnswer {
  cut(failure: PolicyFailure): void;
}

/** All streamed answers of the process, those that have not begun included. */
export class OpenAnswers {
  readonly #all = new Set<OpenAnswer>();

  add(answer: OpenAnswer): void {
    this.#all.add(answer);
  }

  delete(answer: OpenAnswer): void {
    this.#all.delete(answer);
  }

  /** The drain time is over: ends the answers visibly for their callers, before connections are cut. */
  cutAll(): void {
    const cause = new Error('the answer had not ended when the drain time was over');
    for (const answer of [...this.#all]) answer.cut(new PolicyFailure('LAMBDA_EXT_PROC_SHUTTING_DOWN', { cause }));
  }
}
