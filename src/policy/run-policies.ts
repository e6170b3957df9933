import { releaseParsed } from '../expression/index.ts';
import type { Answer, StreamedAnswer } from './answer.ts';
import { answerFailure } from './answer-failure.ts';
import type { PolicyStep } from './api-policies.ts';
import { codingsOf, type Decoding, decodeBody } from './content-encoding.ts';
import { defaultStreamLimits } from './defaults.ts';
import { MatchedPath } from './matched-path.ts';
import type { Message } from './message.ts';
import type { Phase } from './phase.ts';
import { PolicyFailure } from './policy-failure.ts';
import { runStep } from './step-span.ts';
import type { Transaction } from './transaction.ts';

export type PhaseOutcome =
  | { readonly kind: 'continue' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** A function's answer that still arrives: no part of its body is in the transaction. */
  | { readonly kind: 'stream'; readonly answer: StreamedAnswer };

const goOn: PhaseOutcome = { kind: 'continue' };

/**
 * Runs the steps of a phase in order; after a request step's sendToConsumer the response steps too, on the Lambda's
 * answer. `body` is the phase's message body where it is known. What the steps changed is in the transaction.
 * A failure is an answer: the promise rejects only when the transaction is aborted.
 */
export async function runPolicies(
  transaction: Transaction,
  phase: Phase,
  body: Uint8Array | undefined,
): Promise<PhaseOutcome> {
  try {
    const message = transaction[phase];
    if (body !== undefined && message !== undefined) await receive(transaction, phase, message, body);
    for (const step of transaction.policies[phase]) {
      const running = run(transaction, step, phase);
      if (running !== undefined) await running;
      transaction.throwIfAborted();
    }
    if (phase === 'response' || !transaction.answered) return goOn;
    for (const step of transaction.policies.response) {
      const running = run(transaction, step, 'response');
      if (running !== undefined) await running;
      transaction.throwIfAborted();
    }
    return ownAnswer(transaction);
  } catch (error) {
    transaction.pieces?.stop();
    transaction.throwIfAborted();
    return { kind: 'answer', answer: answerFailure(transaction, error) };
  } finally {
    releaseParsed(transaction);
  }
}

async function receive(transaction: Transaction, phase: Phase, message: Message, body: Uint8Array): Promise<void> {
  const codings = codingsOf(message.headers.values('content-encoding'));
  // An empty body is empty in every coding, though no decoder takes it.
  if (codings.length === 0 || body.length === 0) {
    message.setBody(body);
    return;
  }
  const { bodyLimit: limit, memory, policies } = transaction;
  if (phase === 'request' && !policies.needs.requestText) {
    message.keepCoded(body);
    return;
  }
  const onDecoder: Decoding['onDecoder'] = (decoder) => {
    transaction.decoder = decoder;
  };
  const decoded = await decodeBody(body, codings, {
    side: phase,
    limit,
    memory,
    onDecoder,
    isWanted: () => !transaction.aborted,
  });
  transaction.throwIfAborted();
  message.setBody(decoded, decoded.length);
  if (phase === 'request' && policies.needs.requestBytes) message.keepCoded(body);
}

/** Undefined: the step is over. */
function run(transaction: Transaction, step: PolicyStep, phase: Phase): Promise<void> | undefined {
  transaction.throwIfAborted();
  transaction.step = step;
  const hidden = step.body === 'absent';
  const { request } = transaction;
  if (request !== undefined) {
    const { resource } = step.configuration;
    request.contentHidden = hidden;
    request.matched = resource && new MatchedPath(resource, transaction);
  }
  if (transaction.response !== undefined) transaction.response.contentHidden = hidden;
  return runStep(transaction, step, phase);
}

function ownAnswer({ request, response, pieces, streamLimits = defaultStreamLimits }: Transaction): PhaseOutcome {
  if (response === undefined) throw new Error('answered without a response');
  if (response.status < 300 && request?.opensTunnel) {
    const cause = new Error(`a status of ${response.status} would tell the caller that its tunnel is open`);
    throw new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause });
  }
  const headers: [string, string][] = [];
  for (const change of response.headers.changes()) {
    if (change.kind !== 'remove') for (const value of change.values) headers.push([change.name, value]);
  }
  const { status, body, replacement } = response;
  if (pieces !== undefined && replacement === undefined) {
    return { kind: 'stream', answer: { status, headers, body: pieces, limits: streamLimits } };
  }
  // A later step has replaced the body that arrives.
  pieces?.stop();
  return { kind: 'answer', answer: { status, headers, body, errorKey: undefined } };
}
