import { type FunctionAnswer, isWhole } from '../formats/index.ts';
import { isOfConnection } from '../http-syntax.ts';
import { HttpHeaders } from './http-headers.ts';
import { ResponseMessage } from './message.ts';
import type { Phase } from './phase.ts';
import type { Transaction } from './transaction.ts';

/**
 * The function's answer takes the response's place. In the request phase there is a response of the sidecar's own from
 * here on; later steps run on it. Headers that the answer does not have stay (docs/notes/reference-policy.md, Flow).
 */
export function sendToConsumer(transaction: Transaction, answer: FunctionAnswer, phase: Phase): void {
  const { status, headers, body } = answer;
  if (phase === 'request') {
    if (!transaction.answered) {
      transaction.response = new ResponseMessage(status, new HttpHeaders([]), transaction.memory);
    }
    transaction.answered = true;
  }
  const { response } = transaction;
  if (response === undefined) return;
  transaction.pieces?.stop();
  transaction.pieces = undefined;
  if (isWhole(body)) {
    response.replaceBody(body, transaction.lambdaResponse?.handOver() ?? 0);
  } else {
    if (phase === 'response') throw new Error('a response step cannot send a body while it arrives');
    response.forgetBody();
    transaction.pieces = body;
  }
  response.changeStatus(status);
  replaceHeaders(response.headers, headers);
}

/** A name's values take the place of those that are there. What a function may not set is left out. */
function replaceHeaders(target: HttpHeaders, headers: FunctionAnswer['headers']): void {
  for (const [name] of headers) if (maySet(name)) target.remove(name);
  for (const [name, value] of headers) if (maySet(name)) target.append(name, value);
}

function maySet(name: string): boolean {
  return !name.startsWith(':') && !isOfConnection(name);
}
