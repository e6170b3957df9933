import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A result that every format can read: an HTTP answer for AWS's formats, plain JSON for `raw`. */
const RESULT = JSON.stringify({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"id":"warm-up"}',
  isBase64Encoded: false,
});

const ANSWER = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Date: Thu, 01 Jan 1970 00:00:00 GMT',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(RESULT)}`,
    'Connection: keep-alive',
    'x-amzn-RequestId: 00000000-0000-4000-8000-000000000000',
    'X-Amz-Executed-Version: $LATEST',
    '',
    RESULT,
  ].join('\r\n'),
);

const END_OF_HEAD = '\r\n\r\n';
const nothing = Buffer.alloc(0);

/**
 * Answers every call on a loopback port as Lambda does, always with the same bytes. It only looks for the ends of requests: an HTTP
 * server would make V8 compile code that callers' requests never run.
 */
export class LoopbackFunction {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly endpoint: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<LoopbackFunction> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was bound');
    const lambda = new LoopbackFunction(server, address.port);
    server.on('connection', (socket) => lambda.#serve(socket));
    return lambda;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    let received: Buffer = nothing;
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      for (let end = endOfRequest(received); end !== undefined; end = endOfRequest(received)) {
        received = received.subarray(end);
        socket.write(ANSWER);
      }
    });
  }
}

/** The end of the first request. Undefined: it is incomplete. */
function endOfRequest(bytes: Buffer): number | undefined {
  const head = bytes.indexOf(END_OF_HEAD);
  if (head < 0) return undefined;
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, head)) ?? [];
  const end = head + END_OF_HEAD.length + Number(length);
  return bytes.length < end ? undefined : end;
}
