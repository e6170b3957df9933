import type { Logger } from 'pino';
import type { NodeScope } from '../expression/index.ts';
import type { LambdaInvoker } from '../lambda/index.ts';
import type { InvocationLabels } from '../observability/index.ts';
import type { Trace } from './trace.ts';

/** What the policy needs from the process around it. */
export interface PolicyRuntime {
  readonly invoker: LambdaInvoker;
  readonly logger: Logger;
  readonly observer: InvocationObserver;
  /** `#node`. */
  readonly node: NodeScope;
  /** For who shows or tests policies; undefined in a server. */
  readonly trace?: Trace | undefined;
}

export interface InvocationObserver {
  /** Called once for each invocation that was made or tried. */
  invocation(labels: InvocationLabels, seconds: number): void;
  /** The expressions of a transaction took more CPU time than `limits.evaluationMs`. */
  limitReached(limit: 'evaluation'): void;
}
