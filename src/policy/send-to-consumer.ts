import { type FunctionAnswer, isWhole } from '../formats/index.ts';
import { isOfConnection } from '../http-syntax.ts';
import type { MessageTemplates } from './api-policies.ts';
import { HttpHeaders, ListedHeaders } from './http-headers.ts';
import { ResponseMessage } from './message.ts';
import { appliedOf, applyChanges, evaluateChanges } from './message-changes.ts';
import type { Phase } from './phase.ts';
import type { Transaction } from './transaction.ts';

/**
 * The function's answer replaces the response, with the changes of the step's `answer`. In the request phase there is
 * a response of the sidecar's own from here on; later steps run on it. Headers that the answer does not have stay
 * (docs/notes/reference-policy.md, Flow). If a template of `answer` fails, nothing is replaced.
 */
export function sendToConsumer(
  transaction: Transaction,
  answer: FunctionAnswer,
  templates: MessageTemplates,
  phase: Phase,
): void {
  const changes = evaluateChanges(transaction, templates, 'answer');
  const { status, headers } = answer;
  if (phase === 'request') {
    if (!transaction.answered) {
      transaction.response = new ResponseMessage(status, new HttpHeaders(new ListedHeaders([])), transaction.memory);
    }
    transaction.answered = true;
  }
  const { response } = transaction;
  if (response === undefined) return;
  transaction.pieces?.stop();
  transaction.pieces = undefined;
  if (changes.body === undefined) putBody(transaction, response, answer.body, phase);
  else stopBody(answer);
  response.changeStatus(status);
  replaceHeaders(response.headers, headers);
  applyChanges(response, changes);
  transaction.runtime.trace?.({ kind: 'mutations', mutations: appliedOf(changes, 'response') });
}

/** The answer's body is not needed: if it still arrives, its source is closed. */
export function stopBody({ body }: FunctionAnswer): void {
  if (!isWhole(body)) body.stop();
}

function putBody(
  transaction: Transaction,
  response: ResponseMessage,
  body: FunctionAnswer['body'],
  phase: Phase,
): void {
  if (isWhole(body)) {
    response.replaceBody(body, transaction.lambdaResponse?.handOver() ?? 0);
    return;
  }
  if (phase === 'response') throw new Error('a response step cannot send a body while it arrives');
  response.forgetBody();
  transaction.pieces = body;
  transaction.streamLimits = transaction.step?.configuration.streaming?.limits;
}

/** A name's values replace the existing ones. Headers that a function may not set are left out. */
function replaceHeaders(target: HttpHeaders, headers: FunctionAnswer['headers']): void {
  const replaced = new Set<string>();
  for (const [name, value] of headers) {
    if (!maySet(name)) continue;
    if (replaced.has(name)) target.append(name, value);
    else target.set(name, value);
    replaced.add(name);
  }
}

function maySet(name: string): boolean {
  return !name.startsWith(':') && !isOfConnection(name);
}
