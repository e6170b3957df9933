import { EXT_PROC_FILTER } from '../../envoy-names.ts';
import { bodyModes, httpBody } from './common-shapes.ts';
import { HeaderPlaces } from './header-places.ts';
import type { Attributes, Head, Part, Phase, ProtocolConfig, Received, Side } from './message.ts';
import { numberOf } from './message-shape.ts';
import { ProtoReader } from './proto-reader.ts';
import type { BodyMode } from './protobuf.ts';
import { readAttributes } from './read-attributes.ts';
import { readHeaders } from './read-headers.ts';
import { protocolConfig, requestShape } from './request-shape.ts';

const METADATA = numberOf(requestShape, 'metadata_context');
const ATTRIBUTES = numberOf(requestShape, 'attributes');
const OBSERVABILITY = numberOf(requestShape, 'observability_mode');
const CONFIG = numberOf(requestShape, 'protocol_config');

const BODY = numberOf(httpBody, 'body');
const END_OF_STREAM = numberOf(httpBody, 'end_of_stream');

const REQUEST_MODE = numberOf(protocolConfig, 'request_body_mode');
const RESPONSE_MODE = numberOf(protocolConfig, 'response_body_mode');
const EARLY = numberOf(protocolConfig, 'send_body_without_waiting_for_header_response');

const modes = new Map<number, BodyMode>();
for (const name of Object.keys(bodyModes.names) as BodyMode[]) modes.set(bodyModes.names[name], name);

/** The members of the oneof `request`, by field number. */
const kinds = new Map<number, Kind>();
for (const side of ['request', 'response'] as const) {
  for (const part of ['headers', 'body', 'trailers'] as const) {
    const phase = `${side}_${part}` as const;
    kinds.set(numberOf(requestShape, phase), { side, part, phase });
  }
}

interface Kind {
  readonly side: Side;
  readonly part: Part;
  readonly phase: Phase;
}

interface Content {
  readonly head: Head;
  readonly bytes: Buffer;
  readonly end: boolean;
}

const noBytes = Buffer.alloc(0);
const noHead: Head = new HeaderPlaces(noBytes, []);
const noAttributes: Attributes = new Map();
/** Trailers: their content is not read. */
const trailers: Content = { head: noHead, bytes: noBytes, end: true };

/**
 * Reads a message from Envoy. If a field or a oneof occurs several times, the last one counts; unused fields are skipped.
 * Body and headers are views of `bytes`. Throws if the bytes are not a ProcessingRequest.
 */
export function readRequest(bytes: Buffer): Received {
  const reader = new ProtoReader(bytes);
  let kind: Kind | undefined;
  let content = trailers;
  let config: ProtocolConfig | undefined;
  let observed = false;
  let attributes = noAttributes;
  let metadata: Buffer | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case ATTRIBUTES:
        attributes = readAttributes(reader, EXT_PROC_FILTER) ?? attributes;
        break;
      case CONFIG:
        config = readConfig(reader);
        break;
      case OBSERVABILITY:
        observed = reader.bool();
        break;
      case METADATA:
        metadata = reader.view();
        break;
      default: {
        const found = kinds.get(field);
        if (found === undefined) {
          reader.skip();
          break;
        }
        kind = found;
        content = readContent(reader, found.part);
      }
    }
  }
  if (kind === undefined) return { kind: 'empty-message' };
  const { side, phase, part } = kind;
  const { head, bytes: body, end } = content;
  switch (part) {
    case 'headers':
      return { kind: 'message', side, phase, part, end, config, observed, attributes, head, metadata };
    case 'body':
      return { kind: 'message', side, phase, part, end, config, observed, attributes, bytes: body };
    default:
      return { kind: 'message', side, phase, part, end, config, observed, attributes };
  }
}

function readContent(reader: ProtoReader, part: Part): Content {
  switch (part) {
    case 'headers':
      return { ...readHeaders(reader), bytes: noBytes };
    case 'body':
      return readBody(reader);
    default:
      reader.place();
      return trailers;
  }
}

function readBody(reader: ProtoReader): Content {
  const outer = reader.enter();
  let bytes: Buffer = noBytes;
  let end = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === BODY) bytes = reader.view();
    else if (field === END_OF_STREAM) end = reader.bool();
    else reader.skip();
  }
  reader.leave(outer);
  return { head: noHead, bytes, end };
}

function readConfig(reader: ProtoReader): ProtocolConfig {
  const outer = reader.enter();
  let request: BodyMode = 'NONE';
  let response: BodyMode = 'NONE';
  let sendsBodyEarly = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === REQUEST_MODE) request = modeOf(reader.int32());
    else if (field === RESPONSE_MODE) response = modeOf(reader.int32());
    else if (field === EARLY) sendsBodyEarly = reader.bool();
    else reader.skip();
  }
  reader.leave(outer);
  return { request, response, sendsBodyEarly };
}

/** A mode that only a later Envoy has stays a number. */
function modeOf(number: number): BodyMode {
  return modes.get(number) ?? (String(number) as BodyMode);
}
