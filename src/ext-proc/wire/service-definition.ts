import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { SERVICE_NAME } from '../../envoy-names.ts';
import { ProtoWriter } from './proto-writer.ts';
import type { ProcessingResponse } from './protobuf.ts';
import { readRequest } from './read-request.ts';
import { replyShape } from './reply-shape.ts';
import { writeStreamPiece } from './stream-piece.ts';

/** proto/ is beside src/ in a checkout and beside dist/ in the package: the same relative path from here. */
const protoDirectory = fileURLToPath(new URL('../../../proto/', import.meta.url));

let loaded: ServiceDefinition | undefined;

/** The gRPC service, read once per process: reading it takes longer than hundreds of requests. */
export function loadServiceDefinition(): ServiceDefinition {
  loaded ??= readDefinition();
  return loaded;
}

/**
 * proto-loader's definition, with the project's own reader and writer on the server's side. The client's side is proto-loader's, with the
 * options of the generated types; the warm-up reads replies with it.
 */
function readDefinition(): ServiceDefinition {
  const definition = loadSync('envoy/service/ext_proc/v3/external_processor.proto', {
    keepCase: true,
    longs: String,
    enums: String,
    oneofs: true,
    includeDirs: [protoDirectory],
  })[SERVICE_NAME];
  if (definition === undefined || 'format' in definition) throw new Error(`${SERVICE_NAME} is not in proto/`);
  const { Process: method } = definition as ServiceDefinition;
  if (method === undefined) throw new Error(`${SERVICE_NAME} has no method Process`);
  const writer = new ProtoWriter();
  const serialize = (reply: ProcessingResponse): Buffer => {
    const piece = reply.streamed_immediate_response?.body_response;
    if (piece && Object.keys(reply).length === 1) {
      return writeStreamPiece(piece.body as Uint8Array, piece.end_of_stream === true);
    }
    return writer.finish(reply, replyShape);
  };
  return { Process: { ...method, requestDeserialize: readRequest, responseSerialize: serialize } };
}
