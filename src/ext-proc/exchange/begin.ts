import { fail, run } from './acts.ts';
import { awaitBody } from './body-messages.ts';
import type { BodyPlan } from './inputs.ts';
import type { Exchange, SideState } from './state.ts';

const noBody = new Uint8Array();

/** A side has policies, and its headers are here: runs them, or waits for what they need of the body. */
export function begin(exchange: Exchange, side: SideState, body: BodyPlan): void {
  side.expectedLength = body.length;
  side.replaces = body.replaces;
  if (body.reads) {
    if (body.refusal === undefined) awaitBody(exchange, side);
    else fail(exchange, { kind: 'body-refused', side: side.name, reason: body.refusal }, side);
  } else if (body.replaces && side.body.needsPiece && !side.bodiless) {
    // Trailers may follow at once, and a function that has run cannot be taken back.
    side.stage = 'awaiting-piece';
    exchange.effects.push({ kind: 'await-body', side: side.name });
  } else {
    run(exchange, side, 'headers', side.bodiless ? noBody : undefined);
  }
}
