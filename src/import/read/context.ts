import type { ExecutionMode } from '../definition.ts';
import type { Report } from '../report.ts';
import type { Secrets } from '../secrets.ts';
import type { Reader } from './reader.ts';

/** What reading a definition needs besides the definition. */
export interface ReadContext {
  readonly report: Report;
  readonly secrets: Secrets;
  /** By each name that a reference may use. */
  readonly sharedPolicyGroups: ReadonlyMap<string, Reader>;
}

export type FlowContext = ReadContext & { readonly mode: ExecutionMode };
