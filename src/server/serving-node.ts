import type { MetricSnapshot } from '../observability/index.ts';
import type { Readiness } from './readiness.ts';
import type { PolicyDocument } from './worker-channel.ts';

export interface StopOptions {
  /** How long to go on as before, so that load balancers notice. */
  readonly graceMs: number;
  /** A successor has the addresses: health checks that still come here are told that all is well. */
  readonly replaced: boolean;
}

/** One process's server with everything behind it: what signals, the admin port or a supervisor act on. */
export interface ServingNode {
  /** Of all listeners, as bound. */
  readonly addresses: readonly string[];
  readiness(): Readiness;
  metrics(): Promise<MetricSnapshot>;
  /** Takes the document into force; null, or what is wrong with it while the old one stays in force. */
  reload(document: PolicyDocument | undefined): string | null;
  /** An orderly end: as before but not ready for a while, then a drain within the node's own bound. */
  stop(how: StopOptions): Promise<void>;
  /** Ends everything now. */
  kill(): Promise<void>;
}
