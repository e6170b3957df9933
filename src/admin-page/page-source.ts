import type { ApiDescription, PolicyStatus } from '../config/index.ts';
import type { FailureRecord, MetricSnapshot } from '../observability/index.ts';
import type { Readiness } from '../server/index.ts';
import type { Reload } from './reload-history.ts';

/** The data of the page, read-only. */
export interface AdminPageSource {
  /** Of lambda-ext-proc. */
  readonly version: string;
  readonly policies: PoliciesInForce;
  readiness(): Promise<Readiness>;
  /** Of all workers, summed. */
  metrics(): Promise<MetricSnapshot>;
  /** Of all workers, newest first. */
  failures(): Promise<readonly FailureRecord[]>;
  /** Newest first. */
  reloads(): readonly Reload[];
}

/** Contains no payload, condition, key or role. */
export interface PoliciesInForce {
  readonly status: PolicyStatus;
  /** Inline policies are allowed. */
  readonly servesInline: boolean;
  /** In the order of the document. */
  readonly apiNames: readonly string[];
  describeApi(name: string): ApiDescription | undefined;
}
