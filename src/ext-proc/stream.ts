import { PolicyFailure } from '../policy/index.ts';
import { type Ending, logDecision } from './decision.ts';
import {
  createExchange,
  type Effect,
  type Event,
  type Exchange,
  isBodyAwaited,
  isRunning,
  next,
  queuedBytes,
  streamingObstacle,
} from './exchange/index.ts';
import { reportMissingBody } from './failures.ts';
import { HeldBytes } from './held-bytes.ts';
import { IncomingMessages } from './incoming-messages.ts';
import { PolicyRuns } from './policy-runs.ts';
import { Replies } from './replies.ts';
import type { Peer, StreamContext } from './stream-context.ts';
import { StreamPolicies } from './stream-policies.ts';
import { endStreamSpan } from './stream-span.ts';
import { StreamedReply } from './streamed-reply.ts';
import type { OutgoingStream } from './streaming/index.ts';
import { Timers } from './timers.ts';
import type { Received, Side } from './wire/index.ts';

/** One gRPC stream, one HTTP request: reports events to the state machine (`exchange/`) and carries out its effects. */
export class ProcessingStream {
  readonly #peer: Peer;
  readonly #context: StreamContext;
  readonly #held: HeldBytes;
  readonly #incoming: IncomingMessages;
  readonly #policies: StreamPolicies;
  readonly #exchange: Exchange;
  readonly #replies: Replies;
  readonly #timers: Timers;
  readonly #runs: PolicyRuns;
  readonly #openedAt: number;
  #streamed: StreamedReply | undefined;

  constructor(peer: Peer, context: StreamContext) {
    this.#peer = peer;
    this.#context = context;
    this.#held = new HeldBytes(context.capacity, context.set.limits, context.observer);
    this.#incoming = new IncomingMessages(this.#held);
    this.#policies = new StreamPolicies(peer, context, this.#held);
    this.#exchange = createExchange(this.#policies, context.set.limits.bodyBytes);
    this.#replies = new Replies(peer, context, this.#policies, this.#held);
    this.#timers = new Timers(context.timing, (event) => this.#next(event));
    this.#runs = new PolicyRuns(peer, context, this.#policies, this.#timers, this.#held, {
      settled: (event) => this.#next(event),
      failed: (error) => this.#unexpected(error, undefined),
      streamingObstacle: () => streamingObstacle(this.#exchange),
    });
    this.#openedAt = context.monotonic();
    context.observer.streamOpened();
  }

  /** A message of so many bytes begins to come. False: neither it nor anything after it is to be collected. */
  begin(bytes: number): boolean {
    // Messages after an answer are ignored.
    if (this.#exchange.life.kind !== 'reading') return false;
    const isRoom = this.#incoming.begin(bytes, isBodyAwaited(this.#exchange));
    this.#refuseIncoming();
    return isRoom;
  }

  receive(message: Received): void {
    this.#runs.busy();
    const taken = this.#incoming.handOver();
    if (taken > 0) this.#handOver(taken, message);
    this.#next(message);
    this.#refuseIncoming();
  }

  /** A body is a view of its message: the bytes taken for the message serve for the body. */
  #handOver(taken: number, message: Received): void {
    const kept = message.kind === 'message' && message.part === 'body' ? message.bytes.length : 0;
    this.#held.give(taken - kept);
    this.#held.offer(kept);
  }

  #refuseIncoming(): void {
    if (this.#incoming.isRefusedNow) this.#next({ kind: 'no-room' });
  }

  /** What was written has left. */
  drained(): void {
    this.#streamed?.drained();
    this.#next({ kind: 'drained' });
  }

  /** The peer half-closed or reset the stream. */
  close(): void {
    this.#incoming.drop();
    this.#next({ kind: 'closed' });
  }

  #next(event: Event): void {
    const exchange = this.#exchange;
    // An effect may cause an event at once: what follows from that waits until the effects before it are carried out.
    const inside = exchange.effects.length > 0;
    try {
      next(exchange, event);
    } catch (error) {
      this.#unexpected(error, undefined);
    }
    this.#held.endOffer();
    if (inside) return;
    this.#carryOutAll(exchange.effects);
    if (exchange.life.kind !== 'ended') {
      // What has arrived can no longer be refused: the rest waits in Envoy until policies are done.
      if (!this.#held.setQueued(queuedBytes(exchange))) this.#peer.pause();
    }
    if (!isRunning(exchange)) this.#runs.idle();
  }

  #carryOutAll(effects: Effect[]): void {
    for (const effect of effects) {
      try {
        this.#carryOut(effect);
      } catch (error) {
        // The remaining effects are void, except for the end of a stream: what it held must always be given back.
        if (this.#exchange.life.kind !== 'ended') effects.length = 0;
        this.#unexpected(error, effect);
      }
    }
    effects.length = 0;
  }

  #carryOut(effect: Effect): void {
    const { observer, logger } = this.#context;
    switch (effect.kind) {
      case 'accepted':
        observer.message(effect.phase);
        break;
      case 'run':
        this.#runs.start(effect);
        break;
      case 'answer':
        this.#replies.answer(effect, this.#exchange);
        break;
      case 'fail':
        this.#replies.fail(effect.failure, this.#exchange);
        break;
      case 'await-body':
        this.#timers.watchBody(effect.side, this.#context.set.limits.bodyWaitMs);
        break;
      case 'pass':
        observer.passThrough(effect.reason);
        break;
      case 'stream':
        this.#stream(effect.stream);
        break;
      case 'cut':
        this.#streamed?.cut(effect.failure);
        break;
      case 'stop':
        this.#timers.stop();
        this.#policies.transaction?.abort();
        this.#streamed?.stop('caller');
        break;
      case 'pause':
        this.#peer.pause();
        break;
      case 'resume':
        this.#peer.resume();
        break;
      case 'body-came':
        this.#context.missingBodies.came(this.#apiName, effect.side);
        break;
      case 'body-lost':
        this.#onBodyLost(effect.side);
        break;
      case 'dropped':
        observer.eventDropped(effect.side);
        break;
      case 'violation':
        observer.protocolViolation(effect.name);
        logger.warn({ kind: effect.name }, 'ext_proc protocol violated, stream ended');
        this.#peer.fail('INVALID_ARGUMENT', `protocol violation: ${effect.name}`);
        break;
      case 'break':
        this.#streamed?.stop('internal');
        this.#peer.fail('INTERNAL', 'Request processing broken');
        break;
      case 'release':
        this.#held.end();
        this.#runs.release();
        break;
      case 'closed':
        observer.streamClosed(effect.why);
        this.#logDecision(effect.why);
        endStreamSpan(this.#policies.transaction?.span, effect.why);
        this.#runs.streamEnded();
        break;
      default:
        this.#replies.write(effect);
    }
  }

  #stream(stream: OutgoingStream): void {
    const parts = { policies: this.#policies, replies: this.#replies, runs: this.#runs, held: this.#held };
    this.#streamed = new StreamedReply(stream, this.#openedAt, this.#context, parts, (event) => this.#next(event));
    this.#streamed.start();
  }

  /** One caller that leaves is not our failure; an Envoy that never sends a body bypasses policies. */
  #onBodyLost(side: Side): void {
    const { missingBodies, logger } = this.#context;
    const inARow = missingBodies.lost(this.#apiName, side);
    if (inARow === undefined) {
      logger.debug({ api: this.#apiName }, `the stream ended before the ${side}'s body arrived`);
      return;
    }
    const reason = `${inARow} consecutive streams ended without the ${side}'s body`;
    reportMissingBody(reason, this.#context, this.#policies.transaction);
  }

  #logDecision(why: Ending): void {
    const transaction = this.#policies.transaction ?? this.#policies.passed;
    if (transaction === undefined) return;
    logDecision(transaction, { why, status: this.#replies.status, isStreamed: this.#streamed !== undefined });
  }

  get #apiName(): string {
    return this.#policies.transaction?.policies.name ?? '';
  }

  /** The caller gets the documented 500, the log gets the reason, other streams are not affected. */
  #unexpected(error: unknown, effect: Effect | undefined): void {
    const { transaction } = this.#policies;
    const { requestId, traceId, route } = transaction?.identity ?? {};
    this.#context.logger.error({ requestId, traceId, route, api: this.#apiName, err: error }, 'stream failed');
    // An aborted transaction makes no answer.
    const isMute = transaction === undefined || transaction.aborted || effect?.kind === 'fail';
    if (isMute) this.#next({ kind: 'broken' });
    else this.#next({ kind: 'failed', failure: PolicyFailure.from(error) });
  }
}
