import type { Logger } from 'pino';
import type { NodeScope } from '../expression/index.ts';
import type { LambdaInvoker } from '../lambda/index.ts';

/** What the policy needs from the process around it. */
export interface PolicyRuntime {
  readonly invoker: LambdaInvoker;
  readonly logger: Logger;
  readonly observer: InvocationObserver;
  /** `#node`. */
  readonly node: NodeScope;
}

export interface InvocationLabels {
  readonly api: string;
  readonly policy: string;
  readonly function: string;
  /**
   * `function_error` ran and failed, or its result is no answer in the step's format; `error` never gave a result;
   * `aborted`: the caller left.
   */
  readonly outcome: 'ok' | 'function_error' | 'error' | 'aborted';
  /** The error key of the failure, or "" when all went well. */
  readonly key: string;
}

export interface InvocationObserver {
  /** Called once for each invocation that was made or tried. */
  invocation(labels: InvocationLabels, seconds: number): void;
}
