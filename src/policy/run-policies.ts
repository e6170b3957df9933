import type { Answer, StreamedAnswer } from './answer.ts';
import { answerFailure } from './answer-failure.ts';
import type { PolicyStep } from './api-policies.ts';
import { decodeBody } from './content-encoding.ts';
import type { Message } from './message.ts';
import type { Phase } from './phase.ts';
import { executeStep } from './step.ts';
import type { Transaction } from './transaction.ts';

export type PhaseOutcome =
  | { readonly kind: 'continue' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** As the function's answer arrives: nothing of its body is in the transaction. */
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
    if (body !== undefined && message !== undefined) await receive(transaction, message, body);
    for (const step of transaction.policies[phase]) await run(transaction, step, phase);
    if (phase === 'response' || !transaction.answered) return goOn;
    for (const step of transaction.policies.response) await run(transaction, step, 'response');
    return ownAnswer(transaction);
  } catch (error) {
    transaction.pieces?.stop();
    transaction.throwIfAborted();
    return { kind: 'answer', answer: answerFailure(transaction, error) };
  }
}

async function receive(transaction: Transaction, message: Message, body: Uint8Array): Promise<void> {
  const encodings = message.headers.values('content-encoding');
  // The caller cannot fix what a backend sends.
  const tooLarge = message === transaction.response ? 500 : undefined;
  message.setBody(encodings === undefined ? body : await decodeBody(body, encodings, transaction.bodyLimit, tooLarge));
}

async function run(transaction: Transaction, step: PolicyStep, phase: Phase): Promise<void> {
  transaction.throwIfAborted();
  transaction.step = step;
  const hidden = step.body === 'absent';
  if (transaction.request !== undefined) transaction.request.contentHidden = hidden;
  if (transaction.response !== undefined) transaction.response.contentHidden = hidden;
  await executeStep(transaction, step, phase);
  transaction.throwIfAborted();
}

function ownAnswer({ response, pieces }: Transaction): PhaseOutcome {
  if (response === undefined) throw new Error('answered without a response');
  const headers: [string, string][] = [];
  for (const change of response.headers.changes()) {
    if (change.kind !== 'remove') for (const value of change.values) headers.push([change.name, value]);
  }
  const { status, body, replacement } = response;
  if (pieces !== undefined && replacement === undefined) {
    return { kind: 'stream', answer: { status, headers, body: pieces } };
  }
  // A later step has put another body in the place of the one that arrives.
  pieces?.stop();
  return { kind: 'answer', answer: { status, headers, body, errorKey: undefined } };
}
