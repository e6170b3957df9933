export { decodeMessage } from './decode.ts';
export { carriesMetadata, encodeReply, endsPhase } from './encode.ts';
export type {
  Attributes,
  BodyMessage,
  Head,
  HeadersMessage,
  Message,
  Part,
  Phase,
  ProtocolConfig,
  Side,
  TrailersMessage,
} from './message.ts';
export { keepBytes } from './proto-writer.ts';
export type {
  BodyMode,
  FilterMetadata,
  MetadataValue,
  ProcessingRequest,
  ProcessingResponse,
  Struct,
} from './protobuf.ts';
export type {
  AnswerReply,
  ModeOverride,
  Mutation,
  Reply,
  TrailersReply,
} from './reply.ts';
export { loadServiceDefinition } from './service-definition.ts';
export { type Json, toStruct } from './struct.ts';
