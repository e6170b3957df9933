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
  /** `success`, `function_error`, or the kind of an InvocationError. */
  readonly outcome: string;
  /** The error key that the caller's answer carries, or "" on success. */
  readonly key: string;
}

export interface InvocationObserver {
  /** Called once for each invocation that was made or tried. */
  invocation(labels: InvocationLabels, seconds: number): void;
}
