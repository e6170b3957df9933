import { fail } from './acts.ts';
import type { Exchange, SideState } from './state.ts';

/** Policies read a side's body: asks for it in the way that its body mode allows. */
export function awaitBody(exchange: Exchange, side: SideState): void {
  if ((side.expectedLength ?? 0) > exchange.bodyLimit) {
    fail(exchange, { kind: 'body-too-large', side: side.name });
    return;
  }
  side.stage = 'awaiting-body';
  side.body.ask(exchange, side);
}

/** A body message: for the policies that wait for it, else on its way. What is replied is up to the body mode (`body/`). */
export function onBody(exchange: Exchange, side: SideState, bytes: Buffer, end: boolean): void {
  if (side.stage === 'start' && !skipHeaders(exchange, side)) return;
  if (side.stage === 'awaiting-body') collect(exchange, side, bytes, end);
  else side.body.pass(exchange, side, bytes, end);
}

export function onTrailers(exchange: Exchange, side: SideState): void {
  if (side.stage === 'start' && !skipHeaders(exchange, side)) return;
  if (side.stage === 'awaiting-body') side.body.collectTrailers(exchange, side);
  else side.body.passTrailers(exchange, side);
}

function collect(exchange: Exchange, side: SideState, bytes: Buffer, end: boolean): void {
  if (side.size + bytes.length > exchange.bodyLimit) {
    fail(exchange, { kind: 'body-too-large', side: side.name });
    return;
  }
  if (!exchange.inputs.reserve(bytes.length)) {
    fail(exchange, { kind: 'no-room' });
    return;
  }
  side.size += bytes.length;
  side.body.collect(exchange, side, bytes, end);
}

/**
 * A body or trailers without headers: the filter's header mode is SKIP. They are let through where no policy is passed by
 * for it. False: the caller got an error.
 */
function skipHeaders(exchange: Exchange, side: SideState): boolean {
  if (side.name === 'request' || hasResponseSteps(exchange)) {
    fail(exchange, { kind: 'headers-unseen', side: side.name });
    return false;
  }
  side.stage = 'open';
  return true;
}

function hasResponseSteps({ plan, request }: Exchange): boolean {
  return request.stage === 'open' && plan?.kind === 'policies' && plan.responseSteps;
}
