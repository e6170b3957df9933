import type { ApiDescription, PolicyStatus } from '../config/index.ts';
import type { FailureRecord, MetricSnapshot } from '../observability/index.ts';
import type { Readiness } from '../server/index.ts';
import type { Reload } from './reload-history.ts';

/** What the page is made of: nothing but reading. */
export interface AdminPageSource {
  /** Of lambda-ext-proc. */
  readonly version: string;
  readonly policies: PoliciesInForce;
  readiness(): Promise<Readiness>;
  /** Of all workers, summed. */
  metrics(): Promise<MetricSnapshot>;
  /** Of all workers, the newest first. */
  failures(): Promise<readonly FailureRecord[]>;
  /** The newest first. */
  reloads(): readonly Reload[];
}

/** Nothing in it shows a payload, a condition, a key or a role. */
export interface PoliciesInForce {
  readonly status: PolicyStatus;
  /** Routes may bring policies of their own. */
  readonly servesInline: boolean;
  /** In the order of the document. */
  readonly apiNames: readonly string[];
  describeApi(name: string): ApiDescription | undefined;
}
