import type { ReceivedHeaders } from '../../policy/index.ts';
import type { BodyMode } from './protobuf.ts';

export type Side = 'request' | 'response';
export type Part = 'headers' | 'body' | 'trailers';

/** A kind of message, by its name in the protocol. */
export type Phase =
  | 'request_headers'
  | 'request_body'
  | 'request_trailers'
  | 'response_headers'
  | 'response_body'
  | 'response_trailers';

/** The headers of one direction as they came. */
export interface Head {
  /** `:method`, `:path` …, by the name without the colon. */
  pseudo(name: string): string | undefined;
  readonly headers: ReceivedHeaders;
}

/** `protocol_config`: how the filter is configured. Only the first message of a stream may carry it. */
export interface ProtocolConfig {
  readonly request: BodyMode;
  readonly response: BodyMode;
  /** `send_body_without_waiting_for_header_response`: pieces come before the headers have a reply, and no override is taken. */
  readonly sendsBodyEarly: boolean;
}

/** The attributes that the filter's `request_attributes` or `response_attributes` ask for, if they are texts or numbers. */
export type Attributes = ReadonlyMap<string, string | number>;

interface Common {
  readonly kind: 'message';
  readonly side: Side;
  readonly phase: Phase;
  /** According to this message nothing more follows in this direction; trailers may follow unannounced. */
  readonly end: boolean;
  readonly config: ProtocolConfig | undefined;
  /** `observability_mode`: Envoy does not wait for replies and ignores them. */
  readonly observed: boolean;
  readonly attributes: Attributes;
}

export interface HeadersMessage extends Common {
  readonly part: 'headers';
  readonly head: Head;
  /** The metadata of `metadata_options.forwarding_namespaces`, not read yet; see `readMetadata`. */
  readonly metadata: Buffer | undefined;
}

export interface BodyMessage extends Common {
  readonly part: 'body';
  readonly bytes: Buffer;
}

export interface TrailersMessage extends Common {
  readonly part: 'trailers';
}

/** One message from Envoy. */
export type Message = HeadersMessage | BodyMessage | TrailersMessage;

/** A message without a part, or with one that the protocol does not have. */
export interface EmptyMessage {
  readonly kind: 'empty-message';
}

export type Received = Message | EmptyMessage;
