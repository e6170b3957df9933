import type { Attributes, BodyMessage, Side, TrailersMessage } from '../wire/index.ts';
import { enqueue, fail, isAwaiting, run } from './acts.ts';
import type { Failure } from './failure.ts';
import type { Exchange, SideState } from './state.ts';
import { admitResponse } from './who-answered.ts';

/** Policies read a side's body: asks for it in the way that its body mode allows. */
export function awaitBody(exchange: Exchange, side: SideState): void {
  if ((side.expectedLength ?? 0) > exchange.bodyLimit) {
    fail(exchange, { kind: 'body-too-large', side: side.name }, side);
    return;
  }
  side.stage = 'awaiting-body';
  side.body.ask(exchange, side);
}

/** A body message: for the policies that wait for it, otherwise it passes. The body mode (`body/`) decides the reply. */
export function onBody(exchange: Exchange, side: SideState, message: BodyMessage): void {
  if (side.stage === 'start' && !skipHeaders(exchange, side, message.attributes)) return;
  const { bytes, end } = message;
  switch (side.stage) {
    case 'awaiting-body':
      collect(exchange, side, bytes, end);
      break;
    case 'awaiting-piece':
      // There is a place for a new body now. This piece waits until it is known.
      run(exchange, side, 'headers', undefined);
      enqueue(exchange, side, message);
      break;
    default:
      side.body.pass(exchange, side, bytes, end);
  }
}

export function onTrailers(exchange: Exchange, side: SideState, { attributes }: TrailersMessage): void {
  if (side.stage === 'start' && !skipHeaders(exchange, side, attributes)) return;
  if (!isAwaiting(side.stage)) side.body.passTrailers(exchange, side);
  else if (side.replaces && side.body.needsPiece && side.pieceCount === 0) fail(exchange, noPlace[side.name]);
  else side.body.collectTrailers(exchange, side);
}

/** The caller aborted its upload, is slow or sent none, or Envoy ignored `mode_override`: one stream cannot show which. */
export function noteLostBody(exchange: Exchange, side: SideState): void {
  if (side.stage !== 'awaiting-body' || side.pieceCount > 0 || !isAskedFor(exchange, side)) return;
  exchange.effects.push({ kind: 'body-lost', side: side.name });
}

/** Reported before any function runs. */
const NO_PLACE = 'a policy may set a body, but Envoy does not accept one for a message of headers and trailers only';
const noPlace: Readonly<Record<Side, Failure>> = {
  request: { kind: 'body-refused', side: 'request', reason: NO_PLACE },
  response: { kind: 'body-refused', side: 'response', reason: NO_PLACE },
};

function collect(exchange: Exchange, side: SideState, bytes: Buffer, end: boolean): void {
  if (side.size + bytes.length > exchange.bodyLimit) {
    fail(exchange, { kind: 'body-too-large', side: side.name }, side);
    return;
  }
  if (!exchange.inputs.reserve(bytes.length)) {
    fail(exchange, { kind: 'no-room' }, side);
    return;
  }
  if (side.pieceCount === 0 && isAskedFor(exchange, side))
    exchange.effects.push({ kind: 'body-came', side: side.name });
  side.pieceCount++;
  side.size += bytes.length;
  side.body.collect(exchange, side, bytes, end);
}

/** Whether the body comes only where Envoy obeyed `mode_override`. */
function isAskedFor({ filter }: Exchange, side: SideState): boolean {
  return filter?.[side.name] === 'NONE' && filter.overrideObstacle === undefined;
}

/**
 * A body or trailers without headers: the filter's header mode is SKIP. They pass if no policy is bypassed
 * by that. False: the caller got an error.
 */
function skipHeaders(exchange: Exchange, side: SideState, attributes: Attributes): boolean {
  if (side.name === 'request') {
    fail(exchange, { kind: 'headers-unseen', side: 'request' }, side);
    return false;
  }
  const admitted = admitResponse(exchange, attributes);
  if (admitted === 'refused') return false;
  if (admitted === 'policies' && exchange.plan?.kind === 'policies' && exchange.plan.responseSteps) {
    fail(exchange, { kind: 'headers-unseen', side: 'response' }, side);
    return false;
  }
  side.stage = 'open';
  return true;
}
