import { STATUS_ATTRIBUTE } from '../../envoy-names.ts';
import type { HeadersMessage } from '../wire/index.ts';
import { say } from './acts.ts';
import { begin } from './begin.ts';
import { goOn } from './effect.ts';
import type { Exchange } from './state.ts';
import { admitResponse } from './who-answered.ts';

/** The answer on its way to the caller: the backend's, or one that Envoy or another filter made. */
export function onResponseHeaders(exchange: Exchange, message: HeadersMessage): void {
  const { response: side, plan } = exchange;
  const status = Number(message.head.pseudo('status') ?? message.attributes.get(STATUS_ATTRIBUTE) ?? 0);
  side.bodiless = message.end;
  side.answers = 'headers';
  const admitted = admitResponse(exchange, message.attributes);
  if (admitted === 'refused') return;
  if (admitted === 'local') {
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
