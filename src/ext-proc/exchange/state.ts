import type { Attributes, BodyMode, Message, Part, Side } from '../wire/index.ts';
import type { Effect, Ending } from './effect.ts';
import type { Inputs, RequestPlan } from './inputs.ts';

/** A stream from its first message to its end. */
export type Life =
  /** Messages are read and replied to. */
  | { readonly kind: 'reading' }
  /** The caller gets an answer of the sidecar. Whatever Envoy still sends is ignored. */
  | { readonly kind: 'answering' }
  /** The caller gets a streamed answer. Whatever Envoy still sends is ignored. */
  | { readonly kind: 'streaming' }
  /** Over. Only in observability mode may policies still run. */
  | { readonly kind: 'ended'; readonly why: Ending };

/**
 * The state of one direction. `start`: nothing came. `awaiting-body`: policies wait for the body. `awaiting-piece`: they do not
 * read it, but may replace it, which needs a first piece. `running`: policies run on what came. `open`: answered; further
 * messages pass.
 */
export type Stage = 'start' | 'awaiting-body' | 'awaiting-piece' | 'running' | 'open';

/** Which message of a direction came last, so that the next one can be checked. */
export type Progress = 'start' | 'headers' | 'body' | 'ended';

/** How a body is handled under the filter's configuration: one for each kind of body mode. */
export interface BodyHandling {
  /** Envoy's message timeout runs while policies do. */
  readonly timed: boolean;
  /** The headers have no reply while policies wait for the body: no backend can have seen the request. */
  readonly holdsHeaders: boolean;
  /** A new body replaces pieces: if none came, it cannot be sent. */
  readonly needsPiece: boolean;
  /** Policies read the body: asks for it, or delays the headers' reply. */
  ask(exchange: Exchange, side: SideState): void;
  /** A part of the body that policies wait for. */
  collect(exchange: Exchange, side: SideState, bytes: Buffer, end: boolean): void;
  /** Trailers, while policies wait for the body. */
  collectTrailers(exchange: Exchange, side: SideState): void;
  /** Policies are done: replies to the message that they ran on. */
  settle(exchange: Exchange, side: SideState): void;
  /** A body message that no policy waits for. */
  pass(exchange: Exchange, side: SideState, bytes: Buffer, end: boolean): void;
  passTrailers(exchange: Exchange, side: SideState): void;
}

/** One direction of the HTTP exchange. */
export interface SideState {
  readonly name: Side;
  stage: Stage;
  progress: Progress;
  body: BodyHandling;
  /** The headers were the whole message. */
  bodiless: boolean;
  /** Of the content-length header. */
  expectedLength: number | undefined;
  /** The message that policies run on, and that their outcome replies to. */
  answers: Part;
  /** Messages that wait while policies run. */
  readonly queue: Message[];
  queuedBytes: number;
  /** What came of a body that policies wait for. */
  pieces: Buffer[];
  /** In how many messages. */
  pieceCount: number;
  size: number;
  /** Policies may replace the body that comes. */
  replaces: boolean;
  /** Replaces all pieces that come, in modes with a reply for each piece. */
  replacement: Uint8Array | undefined;
}

/** What the first message says about the filter's configuration. */
export interface FilterSetup {
  readonly request: BodyMode;
  readonly response: BodyMode;
  /** Observability mode: Envoy does not wait for replies and ignores them, so there are none. */
  readonly observed: boolean;
  /** What rules out `mode_override`; undefined: Envoy may accept it. */
  readonly overrideObstacle: string | undefined;
  readonly attributes: Attributes;
}

/** One stream, as the state machine knows it. Only `next` changes it. */
export interface Exchange {
  readonly inputs: Inputs;
  /** Largest body that policies may wait for, in bytes. */
  readonly bodyLimit: number;
  /** Effects to carry out. The one array of this stream: whoever carries them out empties it. */
  readonly effects: Effect[];
  readonly request: SideState;
  readonly response: SideState;
  life: Life;
  /** Undefined until the first message. */
  filter: FilterSetup | undefined;
  /** Undefined until the request's headers. */
  plan: RequestPlan | undefined;
}

export const reading: Life = { kind: 'reading' };
export const streaming: Life = { kind: 'streaming' };
export const answering: Life = { kind: 'answering' };
export const ended: Readonly<Record<Ending, Life>> = {
  completed: { kind: 'ended', why: 'completed' },
  immediate: { kind: 'ended', why: 'immediate' },
  aborted: { kind: 'ended', why: 'aborted' },
  violation: { kind: 'ended', why: 'violation' },
  failed: { kind: 'ended', why: 'failed' },
};
