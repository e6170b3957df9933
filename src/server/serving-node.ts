import type { FailureRecord, MetricSnapshot } from '../observability/index.ts';
import type { Readiness } from './readiness.ts';
import type { PolicyDocument } from './worker-channel.ts';

export interface StopOptions {
  /** How long to go on as before, so that load balancers notice. */
  readonly graceMs: number;
  /** A successor has the addresses: health checks that still come here are told that all is well. */
  readonly replaced: boolean;
}

/** What serves, one process or a supervisor with its workers: signals, the admin port and a supervisor act on it. */
export interface ServingNode {
  /** Of all listeners, as bound. */
  readonly addresses: readonly string[];
  /** Of the workers, where there are any; undefined while one is being replaced. */
  readonly pids?: readonly (number | undefined)[];
  readiness(): Readiness | Promise<Readiness>;
  metrics(): Promise<MetricSnapshot>;
  /** The last failures of requests, the newest first. */
  failures(): readonly FailureRecord[] | Promise<readonly FailureRecord[]>;
  /** Takes the document into force; null, or what is wrong with it while the old one stays in force. */
  reload(document: PolicyDocument | undefined): string | null | Promise<string | null>;
  /** Replaces the workers one by one, where there are any; false when one of them could not be replaced. */
  rollingRestart?(): Promise<boolean>;
  /** An orderly end: as before but not ready for a while, then a drain within the node's own bound. */
  stop(how: StopOptions): Promise<void>;
  /** Ends everything now. */
  kill(): Promise<void>;
}
