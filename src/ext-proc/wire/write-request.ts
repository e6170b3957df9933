import { ProtoWriter } from './proto-writer.ts';
import type { ProcessingRequest } from './protobuf.ts';
import { requestShape } from './request-shape.ts';

const writer = new ProtoWriter();

/** Encodes a message as Envoy does, with the fields that this project reads. For code that plays the part of Envoy. */
export function writeRequest(message: ProcessingRequest): Buffer {
  return writer.finish(message, requestShape);
}
