import type { MetricSnapshot } from '../observability/index.ts';
import type { Readiness } from './readiness.ts';
import type { PolicyDocument } from './worker-channel.ts';

/** One process's server with everything behind it: what signals, the admin port or a supervisor act on. */
export interface ServingNode {
  /** Of all listeners, as bound. */
  readonly addresses: readonly string[];
  readiness(): Readiness;
  metrics(): Promise<MetricSnapshot>;
  /** Takes the document into force; null, or what is wrong with it while the old one stays in force. */
  reload(document: PolicyDocument | undefined): string | null;
  /** An orderly end: as before but not ready for `graceMs`, then a drain within the node's own bound. */
  stop(graceMs: number): Promise<void>;
  /** Ends everything now. */
  kill(): Promise<void>;
}
