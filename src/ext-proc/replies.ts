import type { PolicyFailure } from '../policy/index.ts';
import { dynamicMetadata } from './dynamic-metadata.ts';
import type { Exchange, Failure } from './exchange/index.ts';
import { answerTo } from './failures.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { Peer, StreamContext } from './stream-context.ts';
import type { StreamPolicies } from './stream-policies.ts';
import { noteAnswer } from './stream-span.ts';
import type { StreamHead } from './streaming/index.ts';
import {
  type AnswerReply,
  carriesMetadata,
  encodeReply,
  endsPhase,
  type ProcessingResponse,
  type Reply,
  type TrailersReply,
} from './wire/index.ts';

/** Replies with smaller bodies are part of what a stream takes anyway. */
const COUNTED = 4 * 1024;

/** What one stream says to Envoy. */
export class Replies {
  readonly #peer: Peer;
  readonly #context: StreamContext;
  readonly #policies: StreamPolicies;
  readonly #held: HeldBytes;
  /** Of an answer of the sidecar's own. */
  status: number | undefined;

  constructor(peer: Peer, context: StreamContext, policies: StreamPolicies, held: HeldBytes) {
    this.#peer = peer;
    this.#context = context;
    this.#policies = policies;
    this.#held = held;
  }

  write(reply: Reply): void {
    const { transaction } = this.#policies;
    const requestDone = endsPhase(reply) && reply.side === 'request';
    const metadata = carriesMetadata(reply) ? dynamicMetadata(transaction, requestDone) : undefined;
    const message = encodeReply(reply.kind === 'trailers' ? this.#withoutStale(reply) : reply, metadata);
    const bytes = bodyBytes(reply);
    const isRoom = bytes < COUNTED ? this.#peer.write(message) : this.#writeCounted(message, bytes);
    if (!isRoom) this.#peer.pause();
  }

  /** Digests of a body that a policy replaced may come as trailers (RFC 9530). */
  #withoutStale(reply: TrailersReply): TrailersReply {
    const message = this.#policies.transaction?.[reply.side];
    return message?.replacement === undefined ? reply : { ...reply, remove: message.bodyHeaders };
  }

  /** The bytes are written as a copy, which takes memory until it has been sent. */
  #writeCounted(message: ProcessingResponse, bytes: number): boolean {
    this.#held.add(bytes);
    return this.#peer.write(message, () => this.#held.give(bytes));
  }

  /** Counted in observability mode too, where nobody gets it. */
  answer(reply: AnswerReply, { life, filter }: Exchange): void {
    const { errorKey, body, status } = reply.answer;
    this.status = status;
    const api = this.#policies.transaction?.policies.name ?? '';
    this.#context.observer.immediateResponse(api, errorKey ?? 'SEND_TO_CONSUMER');
    noteAnswer(this.#policies.transaction?.span, reply.answer.status, errorKey);
    if (life.kind !== 'ended') this.#held.add(body?.length ?? 0);
    if (filter?.observed !== true) this.write(reply);
    // Its source is no longer needed: its bytes have been copied.
    this.#policies.transaction?.letGo();
  }

  /** The head of a streamed answer. Sending it may take long, so the bodies that it was made of are released now. */
  writeStreamHead({ status, headers, cookies }: StreamHead, end: boolean): void {
    this.status = status;
    const { transaction } = this.#policies;
    noteAnswer(transaction?.span, status, undefined);
    const metadata = dynamicMetadata(transaction, false, cookies);
    this.#peer.write(encodeReply({ kind: 'stream-head', status, headers, end }, metadata));
    transaction?.letBodiesGo();
  }

  /** False: wait for `drain`. Reading from Envoy continues meanwhile, to notice when the caller leaves. */
  writeStreamPiece(bytes: Uint8Array, end: boolean, onSent: () => void): boolean {
    const { length } = bytes;
    this.#held.add(length);
    return this.#peer.write(encodeReply({ kind: 'stream-piece', bytes, end }, undefined), () => {
      this.#held.give(length);
      onSent();
    });
  }

  /** Cuts such an answer: only this way shows the reason in the access log (docs/notes/envoy.md). */
  cut({ status, key }: PolicyFailure): void {
    noteAnswer(this.#policies.transaction?.span, status, key);
    this.write({ kind: 'answer', answer: { status, headers: [], body: undefined, errorKey: key } });
    this.#policies.transaction?.letGo();
  }

  fail(failure: Failure, exchange: Exchange): void {
    const answer = answerTo(failure, this.#context, this.#policies.forFailure());
    this.answer({ kind: 'answer', answer }, exchange);
  }
}

/** Bytes of a body sent back to Envoy. An answer's are counted separately, until its stream has ended. */
function bodyBytes(reply: Reply): number {
  switch (reply.kind) {
    case 'headers':
      return reply.body?.length ?? 0;
    case 'body':
      return reply.mutation?.body?.length ?? 0;
    case 'piece':
      return reply.bytes.length;
    default:
      return 0;
  }
}
