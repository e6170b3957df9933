export { decodeMessage } from './decode.ts';
export { carriesMetadata, encodeReply } from './encode.ts';
export type {
  BodyMessage,
  BodyMode,
  Head,
  HeadersMessage,
  Message,
  Part,
  Phase,
  ProtocolConfig,
  Side,
  TrailersMessage,
} from './message.ts';
export type { ProcessingRequest, ProcessingResponse, Struct } from './protobuf.ts';
export type {
  AnswerReply,
  BodyReply,
  HeadersReply,
  ModeOverride,
  Mutation,
  PieceReply,
  Reply,
  TrailersReply,
} from './reply.ts';
export { loadServiceDefinition } from './service-definition.ts';
export { type Json, toStruct } from './struct.ts';
