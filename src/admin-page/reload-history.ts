import type { DocumentChanges } from '../config/index.ts';

/** A reload after which the configuration or its problems were different. */
export interface Reload {
  readonly at: Date;
  /** As in `PolicyStatus`; undefined if the document could not be used. */
  readonly version: string | undefined;
  /** The problems, one per line; empty if the document is in force. */
  readonly problems: readonly string[];
  /** Undefined if there was no document before, or it could not be used. */
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

  /** Newest first. */
  get reloads(): readonly Reload[] {
    return this.#reloads;
  }
}
