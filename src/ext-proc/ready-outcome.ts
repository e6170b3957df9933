import {
  answerFailure,
  type PhaseOutcome,
  type PolicyFailure,
  type StreamedAnswer,
  type Transaction,
} from '../policy/index.ts';
import type { SettledOutcome, StreamingObstacle } from './exchange/index.ts';
import type { StreamContext } from './stream-context.ts';
import { collectBody, type OutgoingStream, streamHead, withFirstPiece } from './streaming/index.ts';

/**
 * The outcome of policies, once it is known. A streamed answer waits for its first byte, so that a failure before it is
 * an error like any other; if there is an `obstacle`, it is collected. Rejects if the transaction was aborted.
 */
export async function readyOutcome(
  outcome: PhaseOutcome,
  transaction: Transaction,
  context: StreamContext,
  obstacle: () => StreamingObstacle | undefined,
): Promise<SettledOutcome> {
  if (outcome.kind !== 'stream') return outcome;
  const { answer } = outcome;
  const { openAnswers, monotonic } = context;
  let shutdown: PolicyFailure | undefined;
  const open = {
    cut(failure: PolicyFailure): void {
      shutdown = failure;
      answer.body.stop();
    },
  };
  openAnswers.add(open);
  const since = monotonic();
  try {
    const found = hiddenMethod(transaction) ?? obstacle();
    const ready =
      found === undefined
        ? ({ kind: 'stream', stream: await begun(answer, transaction) } as const)
        : await collected(answer, transaction, context, found);
    transaction.throwIfAborted();
    if (shutdown !== undefined) throw shutdown;
    return ready;
  } catch (error) {
    answer.body.stop();
    transaction.throwIfAborted();
    return { kind: 'answer', answer: answerFailure(transaction, shutdown ?? error) };
  } finally {
    openAnswers.delete(open);
    // The function was waited for.
    transaction.invocationMs += monotonic() - since;
  }
}

async function begun(answer: StreamedAnswer, { request }: Transaction): Promise<OutgoingStream> {
  const head = streamHead(answer, request?.method ?? '');
  return { head, body: await withFirstPiece(answer.body), limits: answer.limits };
}

async function collected(
  { status, headers, body, limits }: StreamedAnswer,
  transaction: Transaction,
  { collectedAnswers }: StreamContext,
  obstacle: StreamingObstacle,
): Promise<SettledOutcome> {
  collectedAnswers.report(transaction.policies.name, obstacle);
  const limit = Math.min(limits.maxBytes, transaction.bodyLimit);
  const whole = await collectBody(body, limit, transaction.memory);
  return { kind: 'answer', answer: { status, headers, body: whole, errorKey: undefined } };
}

/** The answer to a HEAD has no body, and a streamed one would become the connection's next response. */
function hiddenMethod({ request }: Transaction): StreamingObstacle | undefined {
  if (request !== undefined && request.method !== '') return undefined;
  return { kind: 'hidden_method', reason: 'Envoy hides :method (forward_rules), and the request may be a HEAD' };
}
