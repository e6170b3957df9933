import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { GrpcService } from '../../src/server/index.ts';

/** The service `test.Echo`, method `Process`: sends each message back, as bytes, and ends when the client does. */
export function echoService(onStream: (call: ServerInterceptingCallInterface) => void = () => {}): GrpcService {
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
    handlers: {
      Process(call) {
        onStream(call);
        call.startRead();
        return {
          onReceiveMessage: (message) => {
            call.sendMessage(message, () => {});
            call.startRead();
          },
          onReceiveHalfClose: () => call.sendStatus({ code: status.OK, details: 'OK' }),
          onCancel() {},
        };
      },
    },
  };
}
