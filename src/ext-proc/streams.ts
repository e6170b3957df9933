import type { Logger } from 'pino';
import type { ResultCache } from '../cache/index.ts';
import type { NodeScope } from '../expression/index.ts';
import type { LambdaInvoker } from '../lambda/index.ts';
import {
  defaultLogging,
  type PolicySource,
  type RequestLogging,
  type SharedStore,
  type Trace,
} from '../policy/index.ts';
import type { Tracing } from '../tracing/index.ts';
import { Capacity } from './capacity.ts';
import { CollectedAnswers } from './collected-answers.ts';
import { HiddenHeaders } from './hidden-headers.ts';
import { MissingBodies } from './missing-bodies.ts';
import type { StreamObserver } from './observer.ts';
import { OpenAnswers } from './open-answers.ts';
import { createSharedResults } from './shared-results.ts';
import { ProcessingStream } from './stream.ts';
import type { Peer } from './stream-context.ts';
import { realTiming, type Timing } from './timing.ts';

export interface StreamsOptions {
  readonly policies: PolicySource;
  readonly invoker: LambdaInvoker;
  readonly metrics: StreamObserver;
  readonly logger: Logger;
  readonly node: NodeScope;
  readonly now?: () => number;
  /** The process's clock by default. */
  readonly timing?: Timing;
  /** Milliseconds of a clock that never goes back: the process's by default. */
  readonly monotonic?: () => number;
  /** See PolicyRuntime. */
  readonly trace?: Trace;
  /** Undefined: no spans. */
  readonly tracing?: Tracing | undefined;
  /** Results that other processes share. */
  readonly store?: SharedStore;
  /** By default every invocation and no decision. */
  readonly logging?: RequestLogging;
}

/** All streams of a process, whoever carries their messages. */
export interface Streams {
  /** One HTTP request begins, under the policies that are in force now. */
  open(peer: Peer): ProcessingStream;
  /** Cuts all streamed answers. */
  cutAnswers(): void;
  readonly capacity: Capacity;
  /** Results that are kept for all of them. */
  readonly cache: ResultCache;
}

export function createStreams(options: StreamsOptions): Streams {
  const { policies, invoker, metrics: observer, logger, node, now = Date.now, timing = realTiming, trace } = options;
  const monotonic = options.monotonic ?? (() => performance.now());
  const capacity = new Capacity();
  const cache = createSharedResults(capacity, policies, monotonic, options.store);
  const { logging = defaultLogging, tracing } = options;
  const runtime = { invoker, logger, observer, logging, node, trace, tracing, cache: cache.shared };
  const missingBodies = new MissingBodies();
  const hiddenHeaders = new HiddenHeaders(logger);
  const openAnswers = new OpenAnswers();
  const collectedAnswers = new CollectedAnswers(logger, observer);
  const seen = { missingBodies, hiddenHeaders, openAnswers, collectedAnswers };
  const shared = { runtime, observer, capacity, ...seen, logger, timing, now, monotonic };
  return {
    open(peer) {
      const set = policies.current();
      cache.follow(set);
      return new ProcessingStream(peer, { set, ...shared });
    },
    cutAnswers: () => openAnswers.cutAll(),
    capacity,
    cache: cache.shared.results,
  };
}
