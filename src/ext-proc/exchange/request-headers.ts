import type { HeadersMessage } from '../wire/index.ts';
import { fail, run } from './acts.ts';
import { awaitBody } from './body-messages.ts';
import { passed } from './effect.ts';
import { hiddenPart } from './hidden-part.ts';
import type { Exchange } from './state.ts';

const noBody = new Uint8Array();

/** The request's headers decide over everything: which policies run, on what, or that none does. */
export function onRequestHeaders(exchange: Exchange, message: HeadersMessage): void {
  const side = exchange.request;
  const plan = exchange.inputs.request(message, exchange.filter?.attributes ?? new Map());
  exchange.plan = plan;
  side.bodiless = message.end;
  side.answers = 'headers';
  const hidden = hiddenPart(exchange, plan);
  if (hidden !== undefined) {
    fail(
      exchange,
      plan.kind === 'routeless' ? { kind: 'policy', failure: plan.failure } : { kind: 'hidden', part: hidden },
    );
    return;
  }
  switch (plan.kind) {
    case 'unmatched':
      side.stage = 'open';
      exchange.effects.push(passed.unmatched);
      side.body.settle(exchange, side);
      break;
    case 'routeless':
      side.stage = 'open';
      side.body.settle(exchange, side);
      break;
    case 'refused':
      fail(exchange, { kind: 'policy', failure: plan.failure });
      break;
    case 'policies':
      side.expectedLength = plan.body.length;
      if (plan.body.reads) {
        if (plan.body.refusal === undefined) awaitBody(exchange, side);
        else fail(exchange, { kind: 'body-refused', reason: plan.body.refusal });
      } else if (plan.requestSteps) {
        run(exchange, side, 'headers', message.end ? noBody : undefined);
      } else {
        side.stage = 'open';
        side.body.settle(exchange, side);
      }
  }
}
