import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { GrpcService } from '../../src/server/index.ts';

/** The service `test.Echo`, method `Process`: sends each message back, as bytes, and ends when the client does. */
export function echoService(onStream: (call: ServerDuplexStream<Buffer, Buffer>) => void = () => {}): GrpcService {
  const bytes = (value: Buffer): Buffer => value;
  return {
    definition: {
      Process: {
        path: '/test.Echo/Process',
        requestStream: true,
        responseStream: true,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    implementation: {
      Process(call: ServerDuplexStream<Buffer, Buffer>) {
        onStream(call);
        call.on('data', (message: Buffer) => call.write(message));
        call.on('end', () => call.end());
        call.on('error', () => {});
      },
    },
  };
}
