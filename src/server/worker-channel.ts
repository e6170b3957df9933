import type { FailureRecord, MetricSnapshot } from '../observability/index.ts';
import type { Readiness } from './readiness.ts';
import type { StopOptions } from './serving-node.ts';

/**
 * The messages between supervisor and worker, as JSON over the channel that Node opens to a child. The supervisor
 * reads the policies and passes on the text: so all workers, even one that is restarted while the file is broken,
 * have the same.
 */

/** A configuration file as read. */
export interface PolicyDocument {
  readonly file: string;
  readonly text: string;
}

export type ToWorker =
  | { readonly type: 'start'; readonly document: PolicyDocument | undefined; readonly replace: boolean }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  | { readonly type: 'drain'; readonly how: StopOptions };

export type Question =
  | { readonly about: 'readiness' }
  | { readonly about: 'metrics' }
  | { readonly about: 'failures' }
  | { readonly about: 'reload'; readonly document: PolicyDocument | undefined };

/** The answer's type by what the question was about. A reload answers what is wrong, or null. */
export interface Answers {
  readonly readiness: Readiness;
  readonly metrics: MetricSnapshot;
  /** The newest first. */
  readonly failures: readonly FailureRecord[];
  readonly reload: string | null;
}

export type FromWorker =
  | { readonly type: 'ready'; readonly addresses: readonly string[] }
  /** It cannot start; one line for people. */
  | { readonly type: 'failed'; readonly problem: string }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly problem: string }
  /** The last message of an orderly end. */
  | { readonly type: 'bye'; readonly metrics: MetricSnapshot; readonly failures: readonly FailureRecord[] };
