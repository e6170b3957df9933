import type { Answer, HeaderChange } from '../../policy/index.ts';
import type { Side } from './message.ts';

/** What policies did to one message, in HTTP's terms. */
export interface Mutation {
  /** `:path` of a request. */
  readonly path: string | undefined;
  /** `:status` of a response. */
  readonly status: number | undefined;
  readonly headers: readonly HeaderChange[];
  /** Undefined: the body stays. */
  readonly body: Uint8Array | undefined;
  readonly clearRouteCache: boolean;
}

/** What the filter must send from here on, instead of what its own configuration says (`mode_override`). */
export interface ModeOverride {
  readonly requestBody: 'NONE' | 'BUFFERED';
  readonly requestTrailers: 'SEND' | 'SKIP';
  readonly responseHeaders: 'SEND' | 'SKIP';
  readonly responseBody: 'NONE' | 'BUFFERED';
  readonly responseTrailers: 'SEND' | 'SKIP';
}

/** Continues after the headers. */
export interface HeadersReply {
  readonly kind: 'headers';
  readonly side: Side;
  /** Undefined: the side's policies are not done yet. `body` below decides over a new body, not the mutation's. */
  readonly mutation: Mutation | undefined;
  /** Replaces the message's body: Envoy then sends no body message and removes content-length. */
  readonly body: Uint8Array | undefined;
  readonly modes: ModeOverride | undefined;
}

/** Continues after a body message (every mode except full duplex). */
export interface BodyReply {
  readonly kind: 'body';
  readonly side: Side;
  /** Undefined: no policy waited for this message. */
  readonly mutation: Mutation | undefined;
}

/** Replaces one piece of a body that has a reply for each piece; empty if the piece is removed. */
export interface ReplacementReply {
  readonly kind: 'replacement';
  readonly side: Side;
  readonly bytes: Uint8Array;
}

/** One piece of a body in full duplex. */
export interface PieceReply {
  readonly kind: 'piece';
  readonly side: Side;
  readonly bytes: Uint8Array;
  readonly end: boolean;
}

export interface TrailersReply {
  readonly kind: 'trailers';
  readonly side: Side;
  /** Names of trailers that describe a body that was replaced. */
  readonly remove?: readonly string[];
}

/** An answer to the caller instead of what Envoy would do. Nothing may follow it. */
export interface AnswerReply {
  readonly kind: 'answer';
  readonly answer: Answer;
}

/** The head of a streamed answer. Only pieces follow, or an answer that cuts it. */
export interface StreamHeadReply {
  readonly kind: 'stream-head';
  readonly status: number;
  /** Distinct names: Envoy keeps the last of equal ones. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly end: boolean;
}

export interface StreamPieceReply {
  readonly kind: 'stream-piece';
  readonly bytes: Uint8Array;
  readonly end: boolean;
}

/** Asks for more time: Envoy's message timeout restarts with this many milliseconds. */
export interface ExtensionReply {
  readonly kind: 'extension';
  readonly ms: number;
}

/** What a streamed answer says to Envoy. */
export type StreamReply = StreamHeadReply | StreamPieceReply;

/** What else can be sent to Envoy. */
export type Reply =
  | HeadersReply
  | BodyReply
  | ReplacementReply
  | PieceReply
  | TrailersReply
  | AnswerReply
  | ExtensionReply;
