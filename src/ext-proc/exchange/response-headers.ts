import { STATUS_ATTRIBUTE } from '../../envoy-names.ts';
import type { HeadersMessage } from '../wire/index.ts';
import { fail, open, say } from './acts.ts';
import { begin } from './begin.ts';
import { goOn, passed, stop } from './effect.ts';
import type { Exchange } from './state.ts';
import { isFromUpstream, isLocalReply } from './who-answered.ts';

/** The answer on its way to the caller: the backend's, or one that Envoy or another filter made. */
export function onResponseHeaders(exchange: Exchange, message: HeadersMessage): void {
  const { request, response: side, plan } = exchange;
  const { pseudo, headers } = message.head;
  const status = Number(pseudo.get('status') ?? message.attributes.get(STATUS_ATTRIBUTE) ?? 0);
  const local = isLocalReply(status, headers);
  side.bodiless = message.end;
  side.answers = 'headers';
  if (request.stage === 'awaiting-body' && !request.body.holdsHeaders && !local) {
    fail(exchange, { kind: 'body-missing', reason: 'the response came first' }, request);
    return;
  }
  const routeless = plan?.kind === 'routeless';
  if (routeless && !local) {
    fail(exchange, { kind: 'routeless-answer' }, side);
    return;
  }
  if (request.stage === 'start' && isFromUpstream(headers)) {
    // The request went by unseen: its headers are never sent (request_header_mode: SKIP).
    fail(exchange, { kind: 'headers-unseen', side: 'request' }, side);
    return;
  }
  if (request.stage !== 'open' || routeless) {
    // Answered before the request's policies were done: Envoy's own 404, 413 and 401 stay what they are.
    open(request);
    exchange.effects.push(passed.local_reply, stop);
    letThrough(exchange);
    return;
  }
  if (plan?.kind !== 'policies' || !plan.responseSteps) {
    letThrough(exchange);
    return;
  }
  begin(exchange, side, exchange.inputs.response(message, status));
}

function letThrough(exchange: Exchange): void {
  exchange.response.stage = 'open';
  say(exchange, goOn.response.headers);
}
