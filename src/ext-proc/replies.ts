import { dynamicMetadata } from './dynamic-metadata.ts';
import type { Exchange, Failure } from './exchange/index.ts';
import { answerTo } from './failures.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { Peer, StreamContext } from './stream-context.ts';
import type { StreamPolicies } from './stream-policies.ts';
import { type AnswerReply, carriesMetadata, encodeReply, endsPhase, type Reply } from './wire/index.ts';

/** What one stream says to Envoy. */
export class Replies {
  readonly #peer: Peer;
  readonly #context: StreamContext;
  readonly #policies: StreamPolicies;
  readonly #held: HeldBytes;

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
    if (!this.#peer.write(encodeReply(reply, metadata))) this.#peer.pause();
  }

  /** Counted in observability mode too, where nobody gets it. */
  answer(reply: AnswerReply, { life, filter }: Exchange): void {
    const { errorKey, body } = reply.answer;
    this.#context.observer.immediateResponse(errorKey ?? 'SEND_TO_CONSUMER');
    if (life.kind !== 'ended') this.#held.add(body?.length ?? 0);
    if (filter?.observed !== true) this.write(reply);
  }

  fail(failure: Failure, exchange: Exchange): void {
    const answer = answerTo(failure, this.#context, this.#policies.forFailure());
    this.answer({ kind: 'answer', answer }, exchange);
  }
}
