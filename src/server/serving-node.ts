import type { FailureRecord, MetricSnapshot } from '../observability/index.ts';
import type { Readiness } from './readiness.ts';
import type { PolicyDocument } from './worker-channel.ts';

export interface StopOptions {
  /** How long to continue serving, so that load balancers notice. */
  readonly graceMs: number;
  /** A successor has the addresses: health checks that still arrive here get a healthy answer. */
  readonly replaced: boolean;
}

/** One process or a supervisor with its workers; signals, the admin port and a supervisor control it. */
export interface ServingNode {
  /** Of all listeners, as bound. */
  readonly addresses: readonly string[];
  /** Of the workers, where there are any; undefined while one is being replaced. */
  readonly pids?: readonly (number | undefined)[];
  readiness(): Readiness | Promise<Readiness>;
  metrics(): Promise<MetricSnapshot>;
  /** The last failures of requests, the newest first. */
  failures(): readonly FailureRecord[] | Promise<readonly FailureRecord[]>;
  /** Puts the document into force. Null, or what is wrong with it; then the old one stays in force. */
  reload(document: PolicyDocument | undefined): string | null | Promise<string | null>;
  /** Replaces the workers one by one, if there are any; false if one of them could not be replaced. */
  rollingRestart?(): Promise<boolean>;
  /** An orderly end: serves for a grace period but is not ready, then drains within the node's own limit. */
  stop(how: StopOptions): Promise<void>;
  /** Ends everything now. */
  kill(): Promise<void>;
}
