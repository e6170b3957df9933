import { HttpHeaders } from './http-headers.ts';
import { ResponseMessage } from './message.ts';
import type { Phase } from './phase.ts';
import type { Transaction } from './transaction.ts';

/**
 * The Lambda's answer takes the response's place. In the request phase there is a response of the sidecar's own from
 * here on; later steps run on it. In the response phase other headers stay (facts/gravitee-policy.md, 2).
 */
export function sendToConsumer(transaction: Transaction, status: number, payload: Uint8Array, phase: Phase): void {
  if (phase === 'request') {
    if (!transaction.answered) transaction.response = new ResponseMessage(status, new HttpHeaders([]));
    transaction.answered = true;
  }
  const { response } = transaction;
  if (response === undefined) return;
  response.changeStatus(status);
  response.replaceBody(payload);
  if (payload.length > 0) response.headers.set('content-type', 'application/json');
}
