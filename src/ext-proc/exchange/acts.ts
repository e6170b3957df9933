import type { Answer, PolicyFailure } from '../../policy/index.ts';
import type { OutgoingStream } from '../streaming/index.ts';
import type { Message, Part, Reply } from '../wire/index.ts';
import { breakOff, closed, type Ending, pause, release, resume, stop } from './effect.ts';
import type { Failure } from './failure.ts';
import { answering, type Exchange, ended, type SideState, type Stage, streaming } from './state.ts';

/** Bytes of queued messages; above this, reading from Envoy stops. */
const QUEUE_LIMIT = 1024 * 1024;

/** In observability mode Envoy ignores replies. */
export function say(exchange: Exchange, reply: Reply): void {
  if (exchange.filter?.observed !== true) exchange.effects.push(reply);
}

/** Runs a side's policies. Their outcome replies to the message `part`. */
export function run(exchange: Exchange, side: SideState, part: Part, body: Uint8Array | undefined): void {
  side.stage = 'running';
  side.answers = part;
  exchange.effects.push({ kind: 'run', side: side.name, body, timed: side.body.timed });
}

/** The caller gets an answer from the policies of a side; nothing more is sent to Envoy. */
export function answer(exchange: Exchange, whole: Answer, side: SideState): void {
  exchange.effects.push({ kind: 'answer', answer: whole });
  if (exchange.filter?.observed !== true) {
    beginAnswering(exchange);
    return;
  }
  open(side);
  // The response's policies have run on this answer; a failed request also has a response.
  if (whole.errorKey === undefined) open(exchange.response);
}

/**
 * The caller gets an error; nothing more is sent to Envoy. `side`: whose policies cannot run. In observability mode nobody gets
 * the error, and the other side's policies still run.
 */
export function fail(exchange: Exchange, failure: Failure, side?: SideState): void {
  exchange.effects.push({ kind: 'fail', failure });
  if (exchange.filter?.observed === true && side !== undefined) open(side);
  else beginAnswering(exchange);
}

/** The caller gets a streamed answer: from here on only its pieces and its end are sent to Envoy. */
export function stream(exchange: Exchange, outgoing: OutgoingStream): void {
  exchange.effects.push({ kind: 'stream', stream: outgoing }, resume);
  exchange.life = streaming;
  // It may take long, and the request's body is no longer needed.
  const { request } = exchange;
  exchange.inputs.giveBack(request.size);
  request.size = 0;
  request.pieces = [];
  open(exchange.request);
  open(exchange.response);
}

/** The answer that is being streamed breaks off. */
export function cut(exchange: Exchange, failure: PolicyFailure): void {
  exchange.effects.push({ kind: 'cut', failure });
  endStreaming(exchange);
}

/** Nothing more is sent. Envoy's end of the stream must still be read. */
export function endStreaming(exchange: Exchange): void {
  exchange.life = answering;
  exchange.effects.push(stop, resume);
}

/** Ends the stream with a gRPC error. */
export function violate(exchange: Exchange, name: string): void {
  exchange.effects.push({ kind: 'violation', name });
  end(exchange, 'violation');
}

/** Ends the stream with a gRPC error caused by the sidecar itself. */
export function breakDown(exchange: Exchange): void {
  exchange.effects.push(breakOff);
  end(exchange, 'failed');
}

/** The stream is over, and nothing continues to run for it. */
function end(exchange: Exchange, why: Ending): void {
  exchange.life = ended[why];
  letGo(exchange);
  exchange.effects.push(release, closed[why]);
}

export function isRunning({ request, response }: Exchange): boolean {
  return request.stage === 'running' || response.stage === 'running';
}

export function isBodyAwaited({ request, response }: Exchange): boolean {
  return isAwaiting(request.stage) || isAwaiting(response.stage);
}

/** Whether a side's policies have not run, or not to their end. */
export function isPending({ stage }: SideState): boolean {
  return stage === 'running' || isAwaiting(stage);
}

export function isAwaiting(stage: Stage): boolean {
  return stage === 'awaiting-body' || stage === 'awaiting-piece';
}

export function enqueue(exchange: Exchange, side: SideState, message: Message): void {
  side.queue.push(message);
  if (message.part === 'body') side.queuedBytes += message.bytes.length;
  if (isQueueFull(exchange)) exchange.effects.push(pause);
}

export function queuedBytes({ request, response }: Exchange): number {
  return request.queuedBytes + response.queuedBytes;
}

function isQueueFull(exchange: Exchange): boolean {
  return queuedBytes(exchange) > QUEUE_LIMIT;
}

export function readOn(exchange: Exchange): void {
  if (!isQueueFull(exchange)) exchange.effects.push(resume);
}

function beginAnswering(exchange: Exchange): void {
  // In observability mode policies may outlive the stream, and their outcome is not sent.
  if (exchange.life.kind === 'reading') exchange.life = answering;
  letGo(exchange);
}

/** Policies and messages are no longer needed. Envoy's end of the stream must still be read. */
function letGo(exchange: Exchange): void {
  open(exchange.request);
  open(exchange.response);
  exchange.effects.push(stop, resume);
}

/** Further messages pass unchanged; queued ones are dropped. */
export function open(side: SideState): void {
  side.stage = 'open';
  side.queue.length = 0;
  side.queuedBytes = 0;
}
