import { PolicyFailure } from '../policy/index.ts';
import type { ExchangeCore } from './exchange-core.ts';
import { MessageSequence, type Part } from './message-sequence.ts';
import { bodyReply, headersReply, type MessageMutation, neutral, streamedBody } from './replies.ts';
import type { BodyMode, HeadersMessage, ProcessingMode, ProcessingRequest, Side as SideName } from './wire.ts';

/**
 * Where one direction of a stream stands.
 * `start`: nothing came. `running`: policies run on what came. `awaiting-body`: they wait for the body.
 * `open`: answered; what still comes is let through.
 */
export type Stage = 'start' | 'running' | 'awaiting-body' | 'open';

export const emptyBody = Buffer.alloc(0);

/** One direction of an exchange: its messages are answered one after the other, what comes while policies run waits. */
export abstract class Side {
  abstract readonly name: SideName;
  readonly sequence = new MessageSequence();
  stage: Stage = 'start';
  /** As the filter is configured, told in the stream's first message. */
  mode: BodyMode = 'NONE';
  protected readonly core: ExchangeCore;
  /** The last message that came carried end_of_stream. */
  protected ended = false;
  /** Of the content-length header. */
  protected expectedLength: number | undefined;
  readonly #queue: ProcessingRequest[] = [];
  #queuedBytes = 0;
  /** What came of a body that a policy waits for. */
  readonly #pieces: Buffer[] = [];
  #size = 0;
  /** Full duplex: takes the place of all pieces that come. */
  #replacement: Uint8Array | undefined;

  constructor(core: ExchangeCore) {
    this.core = core;
  }

  /** Bytes of bodies that wait their turn. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  receive(part: Part, message: ProcessingRequest): void {
    if (this.stage === 'running') {
      this.#queue.push(message);
      this.#queuedBytes += message[`${this.name}_body`]?.body?.length ?? 0;
      return;
    }
    if (part === 'headers') this.onHeaders(message[`${this.name}_headers`] ?? {});
    else if (this.stage === 'start') this.#onHeadersSkipped(part);
    else if (part === 'trailers') this.#onTrailers();
    else {
      const { body = emptyBody, end_of_stream: end = false } = message[`${this.name}_body`] ?? {};
      this.#onBody(body, end);
    }
  }

  /** Nobody waits for what is still in the queue. */
  discard(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  /** Takes the next messages that waited, until policies run again. */
  drain(): void {
    while (this.stage !== 'running' && !this.core.finished) {
      const message = this.#queue.shift();
      if (message?.request === undefined) break;
      this.#queuedBytes -= message[`${this.name}_body`]?.body?.length ?? 0;
      this.receive(message.request.slice(this.name.length + 1) as Part, message);
    }
  }

  /** Policies ran, and the message that they ran on is answered with what they changed. */
  settle(part: Part): void {
    this.stage = 'open';
    const { core, name, mode } = this;
    const { transaction } = core;
    if (transaction === undefined) return;
    const mutation = this.mutation();
    if (part === 'headers') {
      this.#settleHeaders(mutation);
    } else if (mode !== 'FULL_DUPLEX_STREAMED') {
      core.reply(bodyReply(name, mutation), transaction);
    } else {
      core.reply(headersReply(name, { ...mutation, body: undefined }), transaction);
      const body = mutation.body ?? Buffer.concat(this.#pieces);
      // Envoy takes no piece, not even an empty one, in answer to a message without a body.
      if (part === 'body' || body.length > 0) core.reply(streamedBody(name, body, part === 'body'));
      if (part === 'trailers') core.reply(neutral[name].trailers);
    }
  }

  protected abstract onHeaders(message: HeadersMessage): void;
  /** Whether a policy would have to run though the headers never came. */
  protected abstract needsHeaders(): boolean;
  /** Undefined where Envoy takes no override or none is wanted. */
  protected abstract override(body: BodyMode): ProcessingMode | undefined;
  protected abstract mutation(): MessageMutation;
  /** Status of the answer when the body is over the limit; undefined: the key's own. */
  protected abstract readonly tooLargeStatus: number | undefined;

  /** Asks for the body in the only way that each mode allows. */
  protected awaitBody(): void {
    if ((this.expectedLength ?? 0) > this.core.limits.bodyBytes) {
      this.#refuseLarge();
      return;
    }
    this.stage = 'awaiting-body';
    // Full duplex: the headers stay unanswered until the policies have run, so that they can still change.
    if (this.mode === 'FULL_DUPLEX_STREAMED' || this.core.silent) return;
    const mode = this.override('BUFFERED');
    if (mode === undefined && this.mode === 'NONE') {
      this.core.bodyMissing('FULL_DUPLEX_STREAMED in the other direction rules mode_override out');
      return;
    }
    this.core.limitWait(this);
    this.core.reply(
      mode === undefined ? neutral[this.name].headers : { ...neutral[this.name].headers, mode_override: mode },
    );
  }

  #settleHeaders(mutation: MessageMutation): void {
    const { core, name } = this;
    const mode = this.override('NONE');
    const streamed = this.mode === 'FULL_DUPLEX_STREAMED' && !this.ended;
    if (streamed) this.#replacement = mutation.body;
    const reply = headersReply(name, streamed ? { ...mutation, body: undefined } : mutation);
    core.reply(mode === undefined ? reply : { ...reply, mode_override: mode }, core.transaction);
  }

  #onBody(bytes: Buffer, end: boolean): void {
    if (this.stage === 'awaiting-body') this.#collect(bytes, end);
    else if (this.mode !== 'FULL_DUPLEX_STREAMED') this.core.reply(neutral[this.name].body);
    else if (this.#replacement === undefined) this.core.reply(streamedBody(this.name, bytes, end));
    else if (end) this.core.reply(streamedBody(this.name, this.#replacement, true));
  }

  #collect(bytes: Buffer, end: boolean): void {
    const { core } = this;
    if (this.#size + bytes.length > core.limits.bodyBytes) {
      this.#refuseLarge();
      return;
    }
    if (!core.takeBytes(bytes.length)) return;
    this.#size += bytes.length;
    this.ended = end;
    if (this.mode === 'FULL_DUPLEX_STREAMED' || core.silent) {
      this.#pieces.push(bytes);
      if (end) core.run(this, 'body', Buffer.concat(this.#pieces));
      return;
    }
    // BUFFERED leaves end_of_stream unset when trailers follow; a mode that ignored the override does so on a part.
    if (!end && isPartMode(this.mode) && this.expectedLength !== bytes.length) {
      core.bodyMissing(`Envoy sent a part of the body (${this.mode})`);
      return;
    }
    core.run(this, 'body', bytes);
  }

  #refuseLarge(): void {
    const cause = new Error(`the ${this.name}'s body is over limits.bodyBytes (${this.core.limits.bodyBytes})`);
    this.core.tooLarge(new PolicyFailure('LAMBDA_EXT_PROC_BODY_TOO_LARGE', { cause, status: this.tooLargeStatus }));
  }

  #onTrailers(): void {
    const { core, name } = this;
    if (this.stage === 'awaiting-body') {
      if (this.mode === 'FULL_DUPLEX_STREAMED' || core.silent) core.run(this, 'trailers', Buffer.concat(this.#pieces));
      else core.bodyMissing('trailers came and no body');
      return;
    }
    if (this.mode === 'FULL_DUPLEX_STREAMED' && this.#replacement !== undefined) {
      core.reply(streamedBody(name, this.#replacement, false));
    }
    core.reply(neutral[name].trailers);
  }

  /** A body or trailers without headers: the filter's header mode is SKIP. */
  #onHeadersSkipped(part: 'body' | 'trailers'): void {
    if (this.needsHeaders()) {
      this.failUnseen();
      return;
    }
    this.stage = 'open';
    this.core.reply(neutral[this.name][part]);
  }

  protected failUnseen(): void {
    const cause = new Error(
      `Envoy sends no ${this.name} headers: set processing_mode.${this.name}_header_mode to SEND`,
    );
    this.core.fail(new PolicyFailure('LAMBDA_EXT_PROC_INTERNAL', { cause }));
  }
}

function isPartMode(mode: BodyMode): boolean {
  return mode === 'STREAMED' || mode === 'BUFFERED_PARTIAL' || mode === 'GRPC';
}

export function lengthOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}
