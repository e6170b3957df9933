import type { Metadata } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { PolicyRuntime, PolicySet } from '../policy/index.ts';
import type { Capacity } from './capacity.ts';
import type { CollectedAnswers } from './collected-answers.ts';
import type { HiddenHeaders } from './hidden-headers.ts';
import type { MissingBodies } from './missing-bodies.ts';
import type { StreamObserver } from './observer.ts';
import type { OpenAnswers } from './open-answers.ts';
import type { Timing } from './timing.ts';
import type { ProcessingResponse } from './wire/index.ts';

/** What a stream needs from gRPC. */
export interface Peer {
  readonly metadata: Metadata;
  /** The call's `:authority`; '' where it has none. */
  readonly authority: string;
  sendInitialMetadata(): void;
  /** False: wait for `drained` before more. `onSent`: called when it has been sent; not called if the call ends before. */
  write(reply: ProcessingResponse, onSent?: () => void): boolean;
  pause(): void;
  resume(): void;
  /** Ends the stream with a gRPC status; nothing can be written afterwards. */
  fail(status: 'INVALID_ARGUMENT' | 'INTERNAL', details: string): void;
}

export interface StreamContext {
  readonly set: PolicySet;
  readonly runtime: PolicyRuntime;
  readonly observer: StreamObserver;
  readonly capacity: Capacity;
  readonly missingBodies: MissingBodies;
  readonly hiddenHeaders: HiddenHeaders;
  readonly logger: Logger;
  readonly timing: Timing;
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  readonly openAnswers: OpenAnswers;
  readonly collectedAnswers: CollectedAnswers;
}
