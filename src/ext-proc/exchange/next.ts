import type { Message } from '../wire/index.ts';
import {
  answer,
  breakDown,
  cut,
  endStreaming,
  enqueue,
  fail,
  isAwaiting,
  isPending,
  isRunning,
  open,
  readOn,
  say,
  stream,
  violate,
} from './acts.ts';
import { bodyHandling } from './body/index.ts';
import { noteLostBody, onBody, onTrailers } from './body-messages.ts';
import { accepted, closed, type Effect, type Ending, release, stop } from './effect.ts';
import type { Event, SettledOutcome } from './event.ts';
import { overrideObstacle } from './processing-mode.ts';
import { onRequestHeaders } from './request-headers.ts';
import { onResponseHeaders } from './response-headers.ts';
import { advance } from './sequence.ts';
import { type Exchange, ended, type SideState } from './state.ts';

/**
 * What follows from an event: changes the exchange, adds the effects to `exchange.effects`, and returns these. The same
 * events and inputs always give the same effects. Throws only what the inputs throw.
 */
export function next(exchange: Exchange, event: Event): readonly Effect[] {
  switch (exchange.life.kind) {
    case 'reading':
      whileReading(exchange, event);
      break;
    case 'streaming':
      whileStreaming(exchange, event);
      break;
    case 'answering':
      whileAnswering(exchange, event);
      break;
    case 'ended':
      afterEnd(exchange, event);
  }
  return exchange.effects;
}

function whileReading(exchange: Exchange, event: Event): void {
  switch (event.kind) {
    case 'message':
      onMessage(exchange, event);
      break;
    case 'empty-message':
      violate(exchange, 'empty_message');
      break;
    case 'no-room':
      fail(exchange, { kind: 'no-room' });
      break;
    case 'settled':
      onSettled(exchange, exchange[event.side], event.outcome);
      break;
    case 'failed':
      fail(exchange, { kind: 'policy', failure: event.failure });
      break;
    case 'broken':
      breakDown(exchange);
      break;
    case 'deadline-near':
      if (isRunning(exchange)) say(exchange, { kind: 'extension', ms: event.ms });
      break;
    case 'deadline':
      if (isRunning(exchange)) fail(exchange, { kind: 'timeout' });
      break;
    case 'body-overdue':
      onBodyOverdue(exchange, exchange[event.side], event.waitedMs);
      break;
    case 'drained':
      readOn(exchange);
      break;
    case 'closed':
      onClosed(exchange);
  }
}

/** The caller may leave, and sending may end or fail. Whatever Envoy still sends of the request is ignored. */
function whileStreaming(exchange: Exchange, event: Event): void {
  switch (event.kind) {
    case 'streamed':
      endStreaming(exchange);
      break;
    case 'failed':
      cut(exchange, event.failure);
      break;
    case 'broken':
      breakDown(exchange);
      break;
    case 'drained':
      readOn(exchange);
      break;
    case 'closed':
      exchange.life = ended.aborted;
      exchange.effects.push(stop, release, closed.aborted);
  }
}

/** Whatever Envoy sends before it has read the answer is ignored. */
function whileAnswering(exchange: Exchange, event: Event): void {
  switch (event.kind) {
    case 'failed':
      fail(exchange, { kind: 'policy', failure: event.failure });
      break;
    case 'broken':
      breakDown(exchange);
      break;
    case 'drained':
      readOn(exchange);
      break;
    case 'closed':
      exchange.life = ended.immediate;
      exchange.effects.push(release, closed.immediate);
  }
}

/** Only in observability mode can anything still run. */
function afterEnd(exchange: Exchange, event: Event): void {
  if (!isRunning(exchange)) return;
  if (event.kind === 'settled') {
    onSettled(exchange, exchange[event.side], event.outcome);
  } else if (event.kind === 'failed' || event.kind === 'broken') {
    const { request, response } = exchange;
    if (request.stage === 'running' && response.queue.length > 0) {
      exchange.effects.push({ kind: 'dropped', side: 'response' });
    }
    open(request);
    open(response);
    exchange.effects.push(stop, release);
  }
}

function onMessage(exchange: Exchange, message: Message): void {
  const { config } = message;
  if (exchange.filter === undefined) begin(exchange, message);
  else if (config !== undefined) {
    violate(exchange, 'late_protocol_config');
    return;
  }
  const side = exchange[message.side];
  const violation = advance(side, message.part, message.end);
  if (violation !== undefined) {
    violate(exchange, `${message.side}_${violation}`);
    return;
  }
  exchange.effects.push(accepted[message.phase]);
  if (side.stage !== 'running' && !waitsForRequest(exchange, side)) {
    take(exchange, side, message);
    if (side.name === 'request') drainResponse(exchange);
  } else if (message.part !== 'body' || isWanted(exchange, side)) {
    enqueue(exchange, side, message);
  }
}

/** Observability mode: Envoy waits for nothing, but the response's policies run after the request's. */
function waitsForRequest({ filter, request }: Exchange, side: SideState): boolean {
  return filter?.observed === true && side.name === 'response' && isPending(request);
}

/** Whether a piece of a body is handled. In observability mode only policies need it. */
function isWanted({ filter, plan }: Exchange, side: SideState): boolean {
  if (filter?.observed !== true) return true;
  return side.stage !== 'running' && plan?.kind === 'policies' && plan.readsResponse;
}

/** The first message contains the filter's configuration. */
function begin(exchange: Exchange, { config, observed, attributes }: Message): void {
  const request = config?.request ?? 'NONE';
  const response = config?.response ?? 'NONE';
  const early = config?.sendsBodyEarly === true;
  exchange.filter = {
    request,
    response,
    observed,
    attributes,
    overrideObstacle: overrideObstacle(config, observed),
  };
  exchange.request.body = bodyHandling(request, observed, early);
  exchange.response.body = bodyHandling(response, observed, early);
}

function take(exchange: Exchange, side: SideState, message: Message): void {
  switch (message.part) {
    case 'headers':
      if (message.side === 'request') onRequestHeaders(exchange, message);
      else onResponseHeaders(exchange, message);
      break;
    case 'body':
      onBody(exchange, side, message);
      break;
    case 'trailers':
      onTrailers(exchange, side, message);
  }
}

/** Policies are done: their changes are the reply to the message that they ran on; then the queued messages follow. */
function onSettled(exchange: Exchange, side: SideState, outcome: SettledOutcome): void {
  if (side.stage !== 'running') return;
  switch (outcome.kind) {
    case 'answer':
      answer(exchange, outcome.answer, side);
      break;
    case 'stream':
      stream(exchange, outcome.stream);
      break;
    case 'continue':
      side.stage = 'open';
      side.body.settle(exchange, side);
      drain(exchange, side);
  }
  if (side.name === 'request') drainResponse(exchange);
  readOn(exchange);
  if (exchange.life.kind === 'ended' && !isRunning(exchange)) finish(exchange);
}

/** What waited for the end of the request's policies. */
function drainResponse(exchange: Exchange): void {
  if (!isPending(exchange.request)) drain(exchange, exchange.response);
}

function drain(exchange: Exchange, side: SideState): void {
  // A message taken from the queue may run policies or end the stream.
  while (side.stage !== 'running' && !isAnswered(exchange)) {
    const message = side.queue.shift();
    if (message === undefined) break;
    if (message.part === 'body') side.queuedBytes -= message.bytes.length;
    take(exchange, side, message);
  }
}

function isAnswered({ life }: Exchange): boolean {
  return life.kind === 'answering' || life.kind === 'streaming';
}

function onBodyOverdue(exchange: Exchange, side: SideState, waitedMs: number): void {
  if (!isAwaiting(side.stage)) return;
  if (side.name === 'request') {
    noteLostBody(exchange, side);
    fail(exchange, { kind: 'upload-overdue', waitedMs }, side);
    return;
  }
  const reason = `the ${side.name}'s body did not arrive within ${waitedMs / 1000} s`;
  fail(exchange, { kind: 'body-missing', reason }, side);
}

/** Envoy half-closed or reset the stream: it is done, or the caller is gone. */
function onClosed(exchange: Exchange): void {
  const { request, response, filter } = exchange;
  if (filter?.observed === true) {
    onObservedEnd(exchange);
    return;
  }
  const why: Ending = isPending(request) || isPending(response) ? 'aborted' : 'completed';
  noteLostBody(exchange, request);
  noteLostBody(exchange, response);
  exchange.life = ended[why];
  open(request);
  open(response);
  exchange.effects.push(stop, release, closed[why]);
}

/** Envoy does not wait, so its end says nothing about the caller: what runs continues, and what waited for it runs next. */
function onObservedEnd(exchange: Exchange): void {
  const { request, response } = exchange;
  const why: Ending = isAwaiting(request.stage) || isAwaiting(response.stage) ? 'aborted' : 'completed';
  exchange.life = ended[why];
  drop(exchange, request);
  drainResponse(exchange);
  if (!isRunning(exchange)) finish(exchange);
  exchange.effects.push(closed[why]);
}

/** Observability mode: the stream is over, and nothing runs any more. */
function finish(exchange: Exchange): void {
  drop(exchange, exchange.response);
  exchange.effects.push(stop, release);
}

/** Policies wait for the rest of a body, but no more comes. */
function drop(exchange: Exchange, side: SideState): void {
  if (!isAwaiting(side.stage)) return;
  open(side);
  exchange.effects.push({ kind: 'dropped', side: side.name });
}
