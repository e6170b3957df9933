import { hasNoBody } from '../../http-syntax.ts';
import type { Answer } from '../../policy/index.ts';
import { encodeChanges, encodeHeaders, setHeader } from './headers.ts';
import type { Side } from './message.ts';
import type {
  CommonResponse,
  HeaderMutation,
  HeaderValueOption,
  ProcessingMode,
  ProcessingResponse,
  Struct,
} from './protobuf.ts';
import type {
  BodyReply,
  HeadersReply,
  ModeOverride,
  Mutation,
  PieceReply,
  ReplacementReply,
  Reply,
  StreamHeadReply,
  StreamReply,
  TrailersReply,
} from './reply.ts';

/** "Continue", for each kind of message. */
const goOn = {
  request: { headers: { request_headers: {} }, body: { request_body: {} }, trailers: { request_trailers: {} } },
  response: { headers: { response_headers: {} }, body: { response_body: {} }, trailers: { response_trailers: {} } },
} as const satisfies Record<Side, Record<string, ProcessingResponse>>;

/** Whether the reply contains dynamic metadata: replies with a result of policies and answers do. */
export function carriesMetadata(reply: Reply | StreamReply): boolean {
  return endsPhase(reply) || reply.kind === 'answer' || reply.kind === 'stream-head';
}

/** The reply after which no more policies of its side run, and Envoy continues with the message. */
export function endsPhase(reply: Reply | StreamReply): reply is HeadersReply | BodyReply {
  return (reply.kind === 'headers' || reply.kind === 'body') && reply.mutation !== undefined;
}

/** A reply as Envoy reads it. Metadata is for a reply that `carriesMetadata`. */
export function encodeReply(reply: Reply | StreamReply, metadata: Struct | undefined): ProcessingResponse {
  const response = encode(reply);
  if (metadata !== undefined && carriesMetadata(reply)) response.dynamic_metadata = metadata;
  return response;
}

function encode(reply: Reply | StreamReply): ProcessingResponse {
  switch (reply.kind) {
    case 'headers':
      return headersReply(reply);
    case 'body':
      return bodyReply(reply);
    case 'replacement':
      return replacementReply(reply);
    case 'piece':
      return pieceReply(reply);
    case 'trailers':
      return trailersReply(reply);
    case 'answer':
      return answerReply(reply.answer);
    case 'stream-head':
      return streamHeadReply(reply);
    case 'stream-piece':
      return { streamed_immediate_response: { body_response: { body: reply.bytes, end_of_stream: reply.end } } };
    case 'extension':
      return { override_message_timeout: duration(reply.ms) };
  }
}

function headersReply({ side, mutation, body, modes }: HeadersReply): ProcessingResponse {
  if (mutation === undefined) {
    const neutral = goOn[side].headers;
    return modes === undefined ? neutral : { ...neutral, mode_override: modeOverride(modes) };
  }
  const response = common(mutation);
  if (body !== undefined) {
    response.status = 'CONTINUE_AND_REPLACE';
    response.body_mutation = { body };
  }
  const reply: ProcessingResponse =
    side === 'request' ? { request_headers: { response } } : { response_headers: { response } };
  if (modes !== undefined) reply.mode_override = modeOverride(modes);
  return reply;
}

/** A changed body must have its content-length, or Envoy answers 500. HTTP/1 allows no trailers with a content-length. */
function bodyReply({ side, mutation }: BodyReply): ProcessingResponse {
  if (mutation === undefined) return goOn[side].body;
  const response = common(mutation);
  const { body } = mutation;
  if (body !== undefined) {
    const { set_headers: set = [], remove_headers: remove = [] } = response.header_mutation ?? {};
    // A policy may also remove content-length, which a 204 requires.
    const length = remove.includes('content-length') ? [] : [setHeader('content-length', String(body.length))];
    response.header_mutation = { set_headers: [...set, ...length], remove_headers: [...remove, 'trailer'] };
    response.body_mutation = body.length === 0 ? { clear_body: true } : { body };
  }
  return side === 'request' ? { request_body: { response } } : { response_body: { response } };
}

function replacementReply({ side, bytes }: ReplacementReply): ProcessingResponse {
  const response: CommonResponse = { body_mutation: bytes.length === 0 ? { clear_body: true } : { body: bytes } };
  return side === 'request' ? { request_body: { response } } : { response_body: { response } };
}

function pieceReply({ side, bytes, end }: PieceReply): ProcessingResponse {
  const streamed = { body: bytes, end_of_stream: end };
  const response: CommonResponse = { body_mutation: { streamed_response: streamed } };
  return side === 'request' ? { request_body: { response } } : { response_body: { response } };
}

function trailersReply({ side, remove }: TrailersReply): ProcessingResponse {
  if (remove === undefined) return goOn[side].trailers;
  const trailers = { header_mutation: { remove_headers: [...remove] } };
  return side === 'request' ? { request_trailers: trailers } : { response_trailers: trailers };
}

/** An immediate response. Envoy computes content-length; a body with 204 or 304 would be invalid HTTP. */
function answerReply(answer: Answer): ProcessingResponse {
  const bodiless = hasNoBody(answer.status);
  const headers = bodiless ? answer.headers.filter(([name]) => name !== 'content-type') : answer.headers;
  return {
    immediate_response: {
      // Envoy's enum has only the codes that it knows by name; the number is sent over the wire.
      status: { code: answer.status as 200 },
      headers: encodeHeaders(headers.filter(([name]) => name !== 'content-length')),
      body: bodiless || answer.body === undefined ? '' : answer.body,
      details: `lambda_ext_proc{${answer.errorKey ?? 'SEND_TO_CONSUMER'}}`,
    },
  };
}

function streamHeadReply({ status, headers, end }: StreamHeadReply): ProcessingResponse {
  const fields = [[':status', String(status)] as const, ...headers];
  return {
    streamed_immediate_response: {
      headers_response: {
        headers: { headers: fields.map(([key, value]) => ({ key, raw_value: Buffer.from(value) })) },
        end_of_stream: end,
      },
    },
  };
}

function common(mutation: Mutation): CommonResponse {
  const response: CommonResponse = {};
  const headers = headerMutation(mutation);
  if (headers !== undefined) response.header_mutation = headers;
  if (mutation.clearRouteCache) response.clear_route_cache = true;
  return response;
}

function headerMutation(mutation: Mutation): HeaderMutation | undefined {
  const { path, status, headers, clearRouteCache } = mutation;
  const changes = encodeChanges(headers);
  const pseudo: HeaderValueOption[] = [];
  if (path !== undefined) pseudo.push(setHeader(':path', path));
  if (status !== undefined) pseudo.push(setHeader(':status', String(status)));
  if (pseudo.length > 0) {
    return {
      set_headers: changes?.set_headers ? [...pseudo, ...changes.set_headers] : pseudo,
      remove_headers: changes?.remove_headers ?? [],
    };
  }
  if (changes !== undefined) return changes;
  // Envoy clears the route cache only together with a header mutation; removing an absent header counts as one.
  return clearRouteCache ? { remove_headers: ['x-lambda-ext-proc-none'] } : undefined;
}

function modeOverride(modes: ModeOverride): ProcessingMode {
  return {
    request_body_mode: modes.requestBody,
    request_trailer_mode: modes.requestTrailers,
    response_header_mode: modes.responseHeaders,
    response_body_mode: modes.responseBody,
    response_trailer_mode: modes.responseTrailers,
  };
}

/** Converts milliseconds to google.protobuf.Duration. */
function duration(ms: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
