import type { HeadersMessage } from '../wire/index.ts';
import { fail } from './acts.ts';
import { begin } from './begin.ts';
import { passed } from './effect.ts';
import { hiddenPart } from './hidden-part.ts';
import type { Exchange } from './state.ts';

/** The request's headers decide everything: which policies run, on what, or that none runs. */
export function onRequestHeaders(exchange: Exchange, message: HeadersMessage): void {
  const side = exchange.request;
  const plan = exchange.inputs.request(message, exchange.filter?.attributes ?? new Map());
  exchange.plan = plan;
  side.bodiless = message.end;
  side.answers = 'headers';
  const hidden = hiddenPart(exchange, plan);
  if (hidden !== undefined) {
    fail(exchange, { kind: 'hidden', part: hidden, obstacle: exchange.filter?.overrideObstacle });
    return;
  }
  switch (plan.kind) {
    case 'unmatched':
      side.stage = 'open';
      exchange.effects.push(passed.unmatched);
      side.body.settle(exchange, side);
      break;
    case 'refused':
      fail(exchange, { kind: 'policy', failure: plan.failure }, side);
      break;
    case 'policies':
      if (plan.requestSteps || plan.body.reads) {
        begin(exchange, side, plan.body);
      } else {
        side.stage = 'open';
        side.body.settle(exchange, side);
      }
  }
}
