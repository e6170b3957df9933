import assert from 'node:assert/strict';
import type { BodyMode, Message, Reply, Side } from '../../../../src/ext-proc/wire/index.ts';
import type { BodyShape } from '../../../support/body-rules.ts';
import { body, type First, requestHeaders, responseHeaders, trailers } from './messages.ts';

/** What Envoy is configured to send, and what a `mode_override` made of it. */
export interface EnvoyModes {
  readonly body: Record<Side, BodyMode>;
  trailers: 'SEND' | 'SKIP';
  readonly allowOverride: boolean;
  /** STREAMED does not wait for the headers' reply. */
  readonly early: boolean;
  /** Nothing waits for a reply. */
  readonly observed: boolean;
}

/**
 * One direction of an Envoy that keeps the rules, without I/O: what it can send next, and what the other end gets out of
 * the replies.
 */
export class EnvoySide {
  readonly #side: Side;
  readonly #shape: BodyShape;
  readonly #modes: EnvoyModes;
  readonly #first: First | undefined;
  #sent: 'nothing' | 'headers' | 'body' | 'all' = 'nothing';
  /** Made when the headers have their reply, or, in full duplex, at once. */
  #parts: Message[] | undefined;
  #unreplied = 0;
  #repliedPieces = 0;
  #replaced = false;
  #received: Buffer[] = [];
  /** The mutations that came back. */
  readonly mutations: unknown[] = [];
  done = false;

  constructor(side: Side, shape: BodyShape, modes: EnvoyModes, first: First | undefined) {
    this.#side = side;
    this.#shape = shape;
    this.#modes = modes;
    this.#first = first;
  }

  /** The other end's view of the body. */
  get body(): string {
    return Buffer.concat(this.#received).toString();
  }

  get #mode(): BodyMode {
    return this.#modes.body[this.#side];
  }

  get #isEarly(): boolean {
    return this.#modes.early && this.#mode === 'STREAMED';
  }

  get #endsAtHeaders(): boolean {
    return this.#shape.pieces.length === 0 && !this.#shape.trailers;
  }

  /** The next message, if there is one that need not wait for a reply. */
  next(): Message | undefined {
    if (this.#sent === 'nothing') {
      this.#sent = 'headers';
      if (this.#mode === 'FULL_DUPLEX_STREAMED') this.#parts = this.#duplexParts();
      else this.#unreplied = 1;
      if (this.#isEarly || this.#modes.observed) {
        this.#parts ??= this.#laterParts();
        this.#received = [];
      }
      const end = this.#endsAtHeaders;
      return this.#side === 'request'
        ? requestHeaders(end, this.#first)
        : responseHeaders(end, 200, 'backend', this.#first);
    }
    if (this.#parts === undefined || this.done) return undefined;
    // STREAMED sends on without waiting; what is whole waits.
    if (this.#unreplied > 0 && this.#mode !== 'STREAMED' && !this.#modes.observed) return undefined;
    const message = this.#parts.shift();
    if (message !== undefined && this.#mode !== 'FULL_DUPLEX_STREAMED') this.#unreplied++;
    return message;
  }

  take(reply: Exclude<Reply, { readonly kind: 'answer' | 'extension' }>): void {
    if ('mutation' in reply && reply.mutation !== undefined) this.mutations.push(reply.mutation);
    if (this.#mode === 'FULL_DUPLEX_STREAMED') this.#takeDuplex(reply);
    else this.#takeInOrder(reply);
  }

  #takeInOrder(reply: Exclude<Reply, { readonly kind: 'answer' | 'extension' }>): void {
    this.#unreplied--;
    if (reply.kind === 'headers') {
      if (reply.modes !== undefined && this.#modes.allowOverride) {
        this.#modes.body.request = reply.modes.requestBody;
        this.#modes.body.response = reply.modes.responseBody;
        const wanted = this.#side === 'request' ? reply.modes.requestTrailers : reply.modes.responseTrailers;
        if (wanted === 'SKIP') this.#modes.trailers = 'SKIP';
      }
      if (reply.body !== undefined) {
        this.#received = [Buffer.from(reply.body)];
        this.#replaced = true;
      }
      if (!this.#isEarly) this.#parts = this.#replaced ? [] : this.#laterParts();
    } else if (this.#isEarly && (reply.kind === 'body' || reply.kind === 'replacement')) {
      const piece = this.#shape.pieces[this.#repliedPieces++] ?? Buffer.alloc(0);
      this.#received.push(reply.kind === 'body' ? piece : Buffer.from(reply.bytes));
    } else if (reply.kind === 'body') {
      const replacement = reply.mutation?.body;
      if (replacement !== undefined) this.#received = [Buffer.from(replacement)];
    }
    this.done = this.#unreplied === 0 && this.#parts?.length === 0;
  }

  #takeDuplex(reply: Exclude<Reply, { readonly kind: 'answer' | 'extension' }>): void {
    if (reply.kind === 'headers') {
      if (reply.body !== undefined) this.#received.push(Buffer.from(reply.body));
      this.done = this.#endsAtHeaders;
    } else if (reply.kind === 'piece') {
      this.#received.push(Buffer.from(reply.bytes));
      this.done = reply.end;
    } else if (reply.kind === 'trailers') {
      this.done = true;
    }
  }

  #duplexParts(): Message[] {
    const { pieces } = this.#shape;
    const parts = pieces.map((piece, i) => body(this.#side, piece, i === pieces.length - 1 && !this.#shape.trailers));
    if (this.#shape.trailers) parts.push(trailers(this.#side));
    return parts;
  }

  /** By the mode that holds once the headers have their reply. */
  #laterParts(): Message[] {
    const { pieces, trailers: trailing } = this.#shape;
    const whole = Buffer.concat(pieces);
    let sent: readonly Buffer[] = [];
    let complete = true;
    if (pieces.length > 0) {
      if (this.#mode === 'STREAMED') sent = pieces;
      else if (this.#mode === 'BUFFERED') sent = [whole];
      else if (this.#mode === 'BUFFERED_PARTIAL') {
        sent = [whole.subarray(0, Math.ceil(whole.length / 2))];
        complete = sent[0]?.length === whole.length;
      }
    }
    this.#received = [whole];
    const parts = sent.map((piece, i) => body(this.#side, piece, complete && i === sent.length - 1 && !trailing));
    if (trailing && this.#modes.trailers === 'SEND') parts.push(trailers(this.#side));
    assert.ok(this.#modes.body[this.#side] !== 'FULL_DUPLEX_STREAMED');
    return parts;
  }
}
