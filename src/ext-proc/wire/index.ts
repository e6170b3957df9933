export { carriesMetadata, encodeReply, endsPhase } from './encode.ts';
export type {
  Attributes,
  BodyMessage,
  EmptyMessage,
  Head,
  HeadersMessage,
  Message,
  Part,
  Phase,
  ProtocolConfig,
  Received,
  Side,
  TrailersMessage,
} from './message.ts';
export { readMetadata } from './metadata.ts';
export type {
  BodyMode,
  FilterMetadata,
  MetadataValue,
  ProcessingRequest,
  ProcessingResponse,
} from './protobuf.ts';
export { readRequest } from './read-request.ts';
export type {
  AnswerReply,
  ModeOverride,
  Mutation,
  Reply,
  TrailersReply,
} from './reply.ts';
export { loadServiceDefinition } from './service-definition.ts';
export { type Json, JsonStruct } from './struct.ts';
export { writeRequest } from './write-request.ts';
