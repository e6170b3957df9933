import type { DocumentChanges } from '../config/index.ts';

/** A look at the configuration that found something else than before. */
export interface Reload {
  readonly at: Date;
  /** As of `PolicyStatus`; undefined where the document could not be used. */
  readonly version: string | undefined;
  /** What is wrong, line by line; empty where it is in force. */
  readonly problems: readonly string[];
  /** Undefined where there was nothing before, or it could not be used. */
  readonly changes: DocumentChanges | undefined;
}

const MOST_RELOADS = 20;
const MOST_PROBLEMS = 20;

/** The last reloads of this process, for the page. */
export class ReloadHistory {
  #reloads: readonly Reload[] = [];

  add(reload: Reload): void {
    const problems = reload.problems.slice(0, MOST_PROBLEMS);
    this.#reloads = [{ ...reload, problems }, ...this.#reloads].slice(0, MOST_RELOADS);
  }

  /** The newest first. */
  get reloads(): readonly Reload[] {
    return this.#reloads;
  }
}
