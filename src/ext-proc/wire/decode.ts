import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import { decodeHeaders } from './headers.ts';
import type { Attributes, HeadersMessage, Message, Phase, ProtocolConfig, Side } from './message.ts';
import type * as protobuf from './protobuf.ts';

const noBytes = Buffer.alloc(0);
const noAttributes: Attributes = new Map();

/** A message in this project's terms; undefined if it is empty or of a kind that the protocol does not have. */
export function decodeMessage(message: protobuf.ProcessingRequest): Message | undefined {
  switch (message.request) {
    case 'request_headers':
      return headers(message, 'request', message.request, message.request_headers);
    case 'response_headers':
      return headers(message, 'response', message.request, message.response_headers);
    case 'request_body':
      return body(message, 'request', message.request, message.request_body);
    case 'response_body':
      return body(message, 'response', message.request, message.response_body);
    case 'request_trailers':
      return trailers(message, 'request', message.request);
    case 'response_trailers':
      return trailers(message, 'response', message.request);
    default:
      return undefined;
  }
}

function headers(
  message: protobuf.ProcessingRequest,
  side: Side,
  phase: Phase,
  part: protobuf.HeadersMessage | undefined,
): HeadersMessage {
  return {
    kind: 'message',
    side,
    phase,
    part: 'headers',
    end: part?.end_of_stream === true,
    config: configOf(message),
    observed: message.observability_mode === true,
    attributes: attributesOf(message),
    head: decodeHeaders(part?.headers),
    metadata: message.metadata_context?.filter_metadata,
  };
}

function body(
  message: protobuf.ProcessingRequest,
  side: Side,
  phase: Phase,
  part: protobuf.BodyMessage | undefined,
): Message {
  return {
    kind: 'message',
    side,
    phase,
    part: 'body',
    end: part?.end_of_stream === true,
    config: configOf(message),
    observed: message.observability_mode === true,
    attributes: attributesOf(message),
    bytes: part?.body ?? noBytes,
  };
}

function trailers(message: protobuf.ProcessingRequest, side: Side, phase: Phase): Message {
  return {
    kind: 'message',
    side,
    phase,
    part: 'trailers',
    end: true,
    config: configOf(message),
    observed: message.observability_mode === true,
    attributes: attributesOf(message),
  };
}

function configOf({ protocol_config: config }: protobuf.ProcessingRequest): ProtocolConfig | undefined {
  if (config === undefined || config === null) return undefined;
  return {
    request: modeOf(config.request_body_mode),
    response: modeOf(config.response_body_mode),
    sendsBodyEarly: config.send_body_without_waiting_for_header_response === true,
  };
}

function modeOf(mode: protobuf.BodyMode | undefined): protobuf.BodyMode {
  return mode ?? 'NONE';
}

function attributesOf({ attributes: all }: protobuf.ProcessingRequest): Attributes {
  const fields = all?.[EXT_PROC_FILTER]?.fields;
  if (fields === undefined || fields === null) return noAttributes;
  const attributes = new Map<string, string | number>();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value.stringValue === 'string') attributes.set(name, value.stringValue);
    else if (typeof value.numberValue === 'number') attributes.set(name, value.numberValue);
  }
  return attributes;
}
