import type { LabelValue } from '../../observability/index.ts';
import type { PolicyFailure } from '../../policy/index.ts';
import type { OutgoingStream } from '../streaming/index.ts';
import type { Phase, Reply, Side } from '../wire/index.ts';
import type { Failure } from './failure.ts';

/** Why a stream ended: the `outcome` of `lambda_ext_proc_streams_total`. */
export type Ending = LabelValue<'streams', 'outcome'>;

/** Runs the policies of a side. */
export interface RunEffect {
  readonly kind: 'run';
  readonly side: Side;
  /** Undefined where it is not known. */
  readonly body: Uint8Array | undefined;
  /** Envoy's message timeout runs meanwhile. */
  readonly timed: boolean;
}

/** What is to be done, in this order. A reply is written as it is. */
export type Effect =
  | Reply
  /** A message that the protocol allows here came. */
  | { readonly kind: 'accepted'; readonly phase: Phase }
  | RunEffect
  /** A body was asked for: the wait must end some time. */
  | { readonly kind: 'await-body'; readonly side: Side }
  /** Answers the caller with an error. */
  | { readonly kind: 'fail'; readonly failure: Failure }
  /** Sends an answer to the caller while it arrives. */
  | { readonly kind: 'stream'; readonly stream: OutgoingStream }
  /** Ends such an answer so that its caller can distinguish it from a complete one. */
  | { readonly kind: 'cut'; readonly failure: PolicyFailure }
  /** The request passes unchanged. */
  | { readonly kind: 'pass'; readonly reason: LabelValue<'passThroughs', 'reason'> }
  /** What still runs is no longer needed: it is aborted, and timers are stopped. */
  | { readonly kind: 'stop' }
  /** Whether messages are read from Envoy. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** The first of a body that was asked for by `mode_override`. */
  | { readonly kind: 'body-came'; readonly side: Side }
  /** The stream ended, and nothing had come of a body that was asked for by `mode_override`. */
  | { readonly kind: 'body-lost'; readonly side: Side }
  /** Observability mode: the policies of a side do not run, since its body did not come to its end. */
  | { readonly kind: 'dropped'; readonly side: Side }
  /** Ends the stream with a gRPC error: Envoy broke the protocol. */
  | { readonly kind: 'violation'; readonly name: string }
  /** Ends the stream with a gRPC error: the sidecar cannot continue. */
  | { readonly kind: 'break' }
  /** Nothing is held any more for this stream. */
  | { readonly kind: 'release' }
  | { readonly kind: 'closed'; readonly why: Ending };

export const stop: Effect = { kind: 'stop' };
export const pause: Effect = { kind: 'pause' };
export const resume: Effect = { kind: 'resume' };
export const release: Effect = { kind: 'release' };
export const breakOff: Effect = { kind: 'break' };

export const closed: Readonly<Record<Ending, Effect>> = {
  completed: { kind: 'closed', why: 'completed' },
  immediate: { kind: 'closed', why: 'immediate' },
  aborted: { kind: 'closed', why: 'aborted' },
  violation: { kind: 'closed', why: 'violation' },
  failed: { kind: 'closed', why: 'failed' },
};

export const passed: Readonly<Record<'unmatched' | 'local_reply', Effect>> = {
  unmatched: { kind: 'pass', reason: 'unmatched' },
  local_reply: { kind: 'pass', reason: 'local_reply' },
};

export const accepted: Readonly<Record<Phase, Effect>> = {
  request_headers: { kind: 'accepted', phase: 'request_headers' },
  request_body: { kind: 'accepted', phase: 'request_body' },
  request_trailers: { kind: 'accepted', phase: 'request_trailers' },
  response_headers: { kind: 'accepted', phase: 'response_headers' },
  response_body: { kind: 'accepted', phase: 'response_body' },
  response_trailers: { kind: 'accepted', phase: 'response_trailers' },
};

/** "Continue", for each kind of message. */
export const goOn: Readonly<Record<Side, Readonly<Record<'headers' | 'body' | 'trailers', Reply>>>> = {
  request: neutral('request'),
  response: neutral('response'),
};

function neutral(side: Side): Readonly<Record<'headers' | 'body' | 'trailers', Reply>> {
  return {
    headers: { kind: 'headers', side, mutation: undefined, body: undefined, modes: undefined },
    body: { kind: 'body', side, mutation: undefined },
    trailers: { kind: 'trailers', side },
  };
}
