import type { Problem } from './problem.ts';

/** What is in force, and what went wrong since: for metrics, readiness and the admin page. */
export interface PolicyStatus {
  readonly file: string | undefined;
  /** First 12 hex digits of the document's SHA-256; "none" without a document. */
  readonly version: string;
  readonly loadedAt: Date;
  readonly warnings: readonly Problem[];
  /** Undefined once a later reload has succeeded. */
  readonly lastError: { readonly at: Date; readonly message: string } | undefined;
}
