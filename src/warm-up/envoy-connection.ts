import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { GRPC_AUTHORITY, streamMetadata } from '../envoy-names.ts';
import type { ProcessingRequest, ProcessingResponse } from '../ext-proc/index.ts';
import type { MessageSink, ReplyQueue } from '../trial/index.ts';

/** Flag and length before each message of gRPC. */
const PREFIX_BYTES = 5;

/** Envoy's end of one connection: a stream of gRPC for each request, as Envoy opens it. */
export class EnvoyConnection {
  readonly #session: ClientHttp2Session;
  readonly #method: ServiceDefinition[string];

  constructor(socket: Socket, definition: ServiceDefinition) {
    const { Process: method } = definition;
    if (method === undefined) throw new Error('the service has no method Process');
    this.#method = method;
    this.#session = connect(`http://${GRPC_AUTHORITY}`, { createConnection: () => socket });
    // Whoever waits for a reply is told by its stream.
    this.#session.on('error', () => {});
  }

  open(api: string, replies: ReplyQueue): MessageSink {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': this.#method.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      [streamMetadata.api]: api,
    });
    let received: Buffer = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      while (received.length >= PREFIX_BYTES) {
        const end = PREFIX_BYTES + received.readUInt32BE(1);
        if (received.length < end) return;
        replies.write(this.#method.responseDeserialize(received.subarray(PREFIX_BYTES, end)) as ProcessingResponse);
        received = received.subarray(end);
      }
    });
    const fail = (headers: IncomingHttpHeaders): void => {
      const status = headers['grpc-status'];
      if (status !== undefined && status !== '0') replies.fail(`gRPC status ${status}`, 'in the warm-up');
    };
    stream.on('response', fail);
    stream.on('trailers', fail);
    stream.on('error', (error) => replies.fail('an error', error.message));
    stream.on('close', () => replies.fail('its close', 'the connection was cut'));
    return {
      receive: (message: ProcessingRequest) => {
        const bytes = this.#method.requestSerialize(message);
        const prefix = Buffer.alloc(PREFIX_BYTES);
        prefix.writeUInt32BE(bytes.length, 1);
        stream.write(Buffer.concat([prefix, bytes]));
      },
      close: () => stream.end(),
    };
  }

  close(): void {
    this.#session.destroy();
  }
}
