import { runPolicies } from '../policy/index.ts';
import type { Event, RunEffect, SettledOutcome, StreamingObstacle } from './exchange/index.ts';
import type { HeldBytes } from './held-bytes.ts';
import { OwnTime } from './own-time.ts';
import { readyOutcome } from './ready-outcome.ts';
import type { Peer, StreamContext } from './stream-context.ts';
import type { StreamPolicies } from './stream-policies.ts';
import type { Timers } from './timers.ts';

/** What becomes of a run. */
interface RunEnds {
  settled(event: Event): void;
  failed(error: unknown): void;
  /** Why an answer cannot be sent while it arrives. */
  streamingObstacle(): StreamingObstacle | undefined;
}

/** The runs of policies of one stream, and the time that the server itself spends on it. */
export class PolicyRuns {
  readonly #peer: Peer;
  readonly #context: StreamContext;
  readonly #policies: StreamPolicies;
  readonly #timers: Timers;
  readonly #held: HeldBytes;
  readonly #ends: RunEnds;
  readonly #ownTime = new OwnTime();
  /** Whose promise has not settled. They may outlive the stream. */
  #pending = 0;
  #streamEnded = false;
  #nothingHeld = false;

  constructor(
    peer: Peer,
    context: StreamContext,
    policies: StreamPolicies,
    timers: Timers,
    held: HeldBytes,
    ends: RunEnds,
  ) {
    this.#peer = peer;
    this.#context = context;
    this.#policies = policies;
    this.#timers = timers;
    this.#held = held;
    this.#ends = ends;
  }

  start({ side, body, timed }: RunEffect): void {
    const { transaction } = this.#policies;
    if (transaction === undefined) throw new Error('policies without a transaction');
    this.#timers.stop();
    // Envoy's retry_on: reset does not retry a stream that has received initial metadata: an invocation must not run twice.
    this.#peer.sendInitialMetadata();
    if (timed) this.#timers.watchPolicies(this.#policies.envoy);
    this.#pending++;
    const settle = (outcome: SettledOutcome): void => {
      this.#timers.stop();
      this.#ends.settled({ kind: 'settled', side, outcome });
      this.#settled();
    };
    const fail = (error: unknown): void => {
      // The outcome of aborted policies is not needed.
      if (!transaction.aborted) this.#ends.failed(error);
      this.#settled();
    };
    runPolicies(transaction, side, body).then((outcome) => {
      if (outcome.kind !== 'stream') settle(outcome);
      else readyOutcome(outcome, transaction, this.#context, () => this.#ends.streamingObstacle()).then(settle, fail);
    }, fail);
  }

  /** The server works on the stream from now on. */
  busy(): void {
    this.#ownTime.start();
  }

  /** The stream waits for Envoy. */
  idle(): void {
    this.#ownTime.stop();
  }

  streamEnded(): void {
    this.#streamEnded = true;
    this.#reportOwnTime();
  }

  /** The stream itself holds nothing any more; a run that was cut may still hold what it decodes or sends. */
  release(): void {
    this.#nothingHeld = true;
    if (this.#pending === 0) this.#held.release();
  }

  #settled(): void {
    this.#pending--;
    if (this.#nothingHeld) this.release();
    this.#reportOwnTime();
  }

  /** Once, when the stream has ended and nothing runs on for it. */
  #reportOwnTime(): void {
    if (!this.#streamEnded || this.#pending > 0) return;
    this.#ownTime.stop();
    const { transaction } = this.#policies;
    const ms = this.#ownTime.without(transaction?.invocationMs ?? 0);
    const traceId = transaction?.identity.recordedTraceId;
    this.#context.observer.sidecarTime(transaction?.policies.name ?? '', ms / 1000, traceId);
  }
}
