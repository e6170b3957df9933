import {
  type Answer,
  answerFailure,
  type Limits,
  type PhaseOutcome,
  PolicyFailure,
  type PolicySet,
  runPolicies,
  type Transaction,
  timeoutFailure,
} from '../policy/index.ts';
import { Deadline, duration, type MessageTimeouts, messageTimeouts } from './deadline.ts';
import type { ExchangeCore } from './exchange-core.ts';
import { HeldBytes } from './held-bytes.ts';
import type { Part } from './message-sequence.ts';
import type { StreamOutcome } from './observer.ts';
import { answerReply, dynamicMetadata } from './replies.ts';
import { readAttributes } from './request-head.ts';
import { RequestSide } from './request-side.ts';
import { ResponseSide } from './response-side.ts';
import type { Side } from './side.ts';
import type { Peer, StreamContext } from './stream-context.ts';
import type { BodyMode, ProcessingRequest, ProcessingResponse, Side as SideName } from './wire.ts';

/** Body bytes held for messages that wait their turn; above it the peer is not read from. */
const queueLimit = 1024 * 1024;

/**
 * Envoy takes an immediate response at any time. A body over its buffer limit that arrives while it waits for the
 * headers' answer is never read on (Envoy 1.40), and no timeout of Envoy's own ends the wait. As long as
 * Envoy lets a stream idle by default: an honest caller may be slow, and a body that is buffered shows no progress.
 */
const bodyWaitMs = 300_000;

const allowOverride =
  'is allow_mode_override: true set on the ext_proc filter, without which Envoy ignores mode_override and goes on ' +
  'without the policy, and is per_connection_buffer_limit_bytes of the listener above the body?';

/** One gRPC stream, one HTTP request, from its first message to its end. */
export class ProcessingStream implements ExchangeCore {
  transaction: Transaction | undefined;
  readonly modes: Record<SideName, BodyMode> = { request: 'NONE', response: 'NONE' };
  readonly #peer: Peer;
  readonly #context: StreamContext;
  readonly #request: RequestSide;
  readonly #response: ResponseSide;
  readonly #deadline = new Deadline();
  readonly #timeouts: MessageTimeouts;
  #attributes: ReadonlyMap<string, string> = new Map();
  #begun = false;
  #finished = false;
  #violated = false;
  #closed = false;
  #silent = false;
  readonly #held: HeldBytes;
  /** Observability mode: Envoy has gone, the invocation goes on. */
  #outlives = false;
  #bodyTimer: NodeJS.Timeout | undefined;

  constructor(peer: Peer, context: StreamContext) {
    this.#peer = peer;
    this.#context = context;
    this.#timeouts = messageTimeouts(peer.metadata, context.set);
    this.#held = new HeldBytes(context.capacity);
    const { runtime, now, capacity, observer } = context;
    this.#request = new RequestSide(this, {
      metadata: peer.metadata,
      runtime,
      now,
      attributes: () => this.#attributes,
      overload: () => {
        const limit = capacity.exceeded(context.set.limits);
        if (limit === undefined) return undefined;
        observer.limitReached(limit);
        return `over limits.${limit === 'streams' ? 'streams' : 'bufferedBytes'}`;
      },
      onPass: () => observer.passThrough('unmatched'),
    });
    this.#response = new ResponseSide(this, this.#request, () => {
      observer.passThrough('local_reply');
      this.#deadline.stop();
      this.transaction?.abort();
    });
    capacity.openStream();
    observer.streamOpened();
  }

  get set(): PolicySet {
    return this.#context.set;
  }
  get limits(): Limits {
    return this.#context.set.limits;
  }
  get silent(): boolean {
    return this.#silent;
  }
  get finished(): boolean {
    return this.#finished;
  }

  receive(message: ProcessingRequest): void {
    if (this.#finished || this.#closed) return;
    try {
      this.#receive(message);
    } catch (error) {
      this.#broken(error);
    }
  }

  /** What was written has left: the peer may be read from again. */
  drained(): void {
    this.#readOn();
  }

  /** The peer half-closed or reset the stream: Envoy's way to say that it is done, or that the caller is gone. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deadline.stop();
    clearTimeout(this.#bodyTimer);
    const stages = [this.#request.stage, this.#response.stage];
    let outcome: StreamOutcome = 'completed';
    if (this.#violated) outcome = 'violation';
    else if (this.#finished) outcome = 'immediate';
    else if (stages.includes('running') && !this.#silent) outcome = 'aborted';
    else if (stages.includes('awaiting-body')) {
      outcome = 'failed';
      this.#reportMissingBody('the stream ended (the caller may have gone away)');
    }
    // Observability mode: Envoy sends what there is and does not wait, so its end says nothing about the caller.
    this.#outlives = this.#silent && !this.#finished && stages.includes('running');
    if (!this.#silent) this.transaction?.abort();
    if (!this.#outlives) this.#release();
    this.#context.observer.streamClosed(outcome);
  }

  run(side: Side, part: Part, body: Uint8Array | undefined): void {
    const { transaction } = this;
    if (transaction === undefined) return;
    side.stage = 'running';
    clearTimeout(this.#bodyTimer);
    // Envoy's retry_on: reset repeats no stream that has had initial metadata: an invocation must not run twice.
    this.#peer.sendInitialMetadata();
    // Full duplex has no message timeout.
    if (!this.#silent && side.mode !== 'FULL_DUPLEX_STREAMED') {
      this.#deadline.start(this.#timeouts, {
        onExtend: (ms) => this.#write({ override_message_timeout: duration(ms) }),
        onExpire: () => this.#expire(transaction),
      });
    }
    const started = performance.now() - transaction.invocationMs;
    runPolicies(transaction, side.name, body).then(
      (outcome) => {
        this.#context.observer.sidecarTime((performance.now() - started - transaction.invocationMs) / 1000);
        this.#settle(side, part, outcome);
        this.#releaseLate();
      },
      (error) => {
        this.#broken(error);
        this.#releaseLate();
      },
    );
  }

  reply(reply: ProcessingResponse, transaction?: Transaction): void {
    if (this.#silent) return;
    const metadata = transaction === undefined ? undefined : dynamicMetadata(transaction);
    this.#write(metadata === undefined ? reply : { ...reply, dynamic_metadata: metadata });
  }

  fail(failure: PolicyFailure): void {
    const { transaction } = this;
    if (transaction !== undefined && !transaction.aborted) this.#answer(answerFailure(transaction, failure));
  }

  limitWait(side: Side): void {
    this.#bodyTimer = setTimeout(() => {
      if (this.#closed || this.#finished || side.stage !== 'awaiting-body') return;
      this.bodyMissing(`the ${side.name}'s body did not come within ${bodyWaitMs / 1000} s`);
    }, bodyWaitMs);
  }

  tooLarge(failure: PolicyFailure): void {
    this.#context.observer.limitReached('body');
    this.fail(failure);
  }

  bodyMissing(reason: string): void {
    this.#reportMissingBody(reason);
    const cause = new Error(`${reason}: ${allowOverride}`);
    this.fail(new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause }));
  }

  takeBytes(count: number): boolean {
    if (this.#held.take(count, this.limits)) return true;
    this.#context.observer.limitReached('buffered_bytes');
    const cause = new Error(`over limits.bufferedBytes (${this.limits.bufferedBytes})`);
    this.fail(new PolicyFailure('LAMBDA_EXT_PROC_OVERLOADED', { retryAfterSeconds: 1, cause }));
    return false;
  }

  #receive(message: ProcessingRequest): void {
    const kind = message.request;
    if (kind === undefined) {
      this.#violation('empty_message');
      return;
    }
    if (this.#begun && message.protocol_config != null) {
      this.#violation('late_protocol_config');
      return;
    }
    if (!this.#begun) this.#begin(message);
    const side = kind.startsWith('request') ? this.#request : this.#response;
    const part = kind.slice(side.name.length + 1) as Part;
    const ends = (message[`${side.name}_headers`] ?? message[`${side.name}_body`])?.end_of_stream === true;
    const violation = side.sequence.accept(part, ends);
    if (violation !== undefined) {
      this.#violation(`${side.name}_${violation}`);
      return;
    }
    this.#context.observer.message(kind);
    side.receive(part, message);
    if (this.#queuedBytes() > queueLimit) this.#peer.pause();
    this.#held.setQueued(this.#queuedBytes());
  }

  #begin(message: ProcessingRequest): void {
    this.#begun = true;
    this.#silent = message.observability_mode === true;
    this.modes.request = this.#request.mode = message.protocol_config?.request_body_mode ?? 'NONE';
    this.modes.response = this.#response.mode = message.protocol_config?.response_body_mode ?? 'NONE';
    this.#attributes = readAttributes(message);
  }

  #release(): void {
    this.#held.release();
    this.#context.capacity.closeStream();
  }

  #releaseLate(): void {
    const running = this.#request.stage === 'running' || this.#response.stage === 'running';
    if (!this.#outlives || (running && !this.#finished)) return;
    this.#outlives = false;
    this.#release();
  }

  #readOn(): void {
    if (!this.#closed) this.#held.setQueued(this.#queuedBytes());
    if (this.#queuedBytes() <= queueLimit) this.#peer.resume();
  }

  #queuedBytes(): number {
    return this.#request.queuedBytes + this.#response.queuedBytes;
  }

  #settle(side: Side, part: Part, outcome: PhaseOutcome): void {
    if (this.#finished || side.stage !== 'running' || (this.#closed && !this.#silent)) return;
    this.#deadline.stop();
    try {
      if (outcome.kind === 'answer') this.#answer(outcome.answer);
      else if (outcome.kind === 'continue') side.settle(part);
      else throw new Error('no step has a format whose answers arrive in pieces');
      side.drain();
      this.#readOn();
    } catch (error) {
      this.#broken(error);
    }
  }

  #expire(transaction: Transaction): void {
    if (this.#finished || this.#closed) return;
    this.fail(timeoutFailure(transaction));
  }

  #answer(answer: Answer): void {
    this.#context.observer.immediateResponse(answer.errorKey ?? 'SEND_TO_CONSUMER');
    if (!this.#closed) this.#held.add(answer.body?.length ?? 0);
    this.reply(answerReply(answer), this.transaction);
    this.#finish();
  }

  #violation(kind: string): void {
    this.#violated = true;
    this.#context.observer.protocolViolation(kind);
    this.#context.logger.warn({ kind }, 'ext_proc protocol violated, stream ended');
    this.#end('INVALID_ARGUMENT', `protocol violation: ${kind}`);
  }

  /** Nobody foresaw this: the caller gets the documented 500, the log the reason, other streams nothing. */
  #broken(error: unknown): void {
    if (this.#finished || this.transaction?.aborted) return;
    this.#context.logger.error({ err: error }, 'stream failed');
    try {
      if (this.transaction === undefined) this.#end('INTERNAL', 'Request processing broken');
      else this.fail(PolicyFailure.from(error));
    } catch (second) {
      this.#context.logger.error({ err: second }, 'stream failed again');
      this.#end('INTERNAL', 'Request processing broken');
    }
  }

  #end(status: 'INVALID_ARGUMENT' | 'INTERNAL', details: string): void {
    this.#finish();
    this.#peer.fail(status, details);
  }

  /** Whatever still runs for this request runs for nobody. */
  #finish(): void {
    this.#finished = true;
    this.#deadline.stop();
    clearTimeout(this.#bodyTimer);
    this.transaction?.abort();
    // Envoy's end of the stream must still be read.
    this.#request.discard();
    this.#response.discard();
    this.#readOn();
  }

  #reportMissingBody(reason: string): void {
    const api = this.transaction?.policies.name ?? '';
    this.#context.observer.bodyUnavailable(api);
    const key = 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE';
    this.#context.logger.error({ api, key }, `a policy waited for a body and ${reason}: ${allowOverride}`);
  }

  #write(reply: ProcessingResponse): void {
    if (this.#closed || this.#finished) return;
    if (!this.#peer.write(reply)) this.#peer.pause();
  }
}
