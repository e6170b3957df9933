import type { Logger } from 'pino';
import type { ResultCache } from '../cache/index.ts';
import type { NodeScope } from '../expression/index.ts';
import type { Invocation, LambdaInvoker } from '../lambda/index.ts';
import type { MemoryAccount } from '../memory-account.ts';
import type { FailureRecord, InvocationLabels, OpenInvocation } from '../observability/index.ts';
import type { ResultStore } from '../result-store/index.ts';
import type { Tracing } from '../tracing/index.ts';
import type { Trace } from './trace.ts';

/** What policies need from the process. */
export interface PolicyRuntime {
  readonly invoker: LambdaInvoker;
  readonly logger: Logger;
  readonly observer: InvocationObserver;
  readonly logging: RequestLogging;
  /** `#node`. */
  readonly node: NodeScope;
  /** Undefined: nothing is kept. */
  readonly cache?: SharedResults | undefined;
  /** For tools that show or test policies; undefined in a server. */
  readonly trace?: Trace | undefined;
  /** Undefined: no spans. */
  readonly tracing?: Tracing | undefined;
}

/** Which lines of requests are logged, and what they say. */
export interface RequestLogging {
  /** The fraction of requests whose successful invocations are logged, from 0 to 1. Failures are always logged. */
  readonly sample: number;
  /** The line `invocation` contains what a function says about its own failure. */
  readonly functionErrors: boolean;
  /** A line `decision` for each request; of those that do not fail, for the same fraction. */
  readonly decisions: boolean;
}

export const defaultLogging: RequestLogging = { sample: 1, functionErrors: true, decisions: false };

export interface InvocationObserver {
  /** An invocation begins; its end must be reported to the returned object. */
  invocation(labels: InvocationLabels): OpenInvocation;
  /** A request failed, or one of its steps after which it continues. `traceId`: of a recorded trace. */
  failed(record: FailureRecord, traceId: string | undefined): void;
  /** The expressions of a transaction took more CPU time than `limits.evaluationMs`. */
  limitReached(limit: 'evaluation'): void;
}

/** What is kept for all requests of the process. */
export interface SharedResults {
  readonly results: ResultCache;
  /** For a call that several requests of an API wait for, and that continues when one of them leaves. */
  account(api: string): MemoryAccount;
  /** Undefined: this process alone keeps them. */
  readonly store?: SharedStore | undefined;
}

/** Results that other processes have asked for. */
export interface SharedStore {
  readonly results: Pick<ResultStore, 'isConfigured' | 'get' | 'put' | 'skip'>;
  /** See ProcessInvoker.sharedPlace. */
  placeOf(invocation: Invocation): Promise<readonly (string | undefined)[] | undefined>;
}
