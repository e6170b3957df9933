import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** A result that every format reads: an HTTP answer for AWS's, plain JSON for `raw`. */
const RESULT = JSON.stringify({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"id":"warm-up"}',
  isBase64Encoded: false,
});

/** Answers every call on a port of this machine as Lambda does, whatever is asked. */
export class LoopbackFunction {
  readonly #server: Server;
  readonly endpoint: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<LoopbackFunction> {
    const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
      request.resume();
      request.once('end', () => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(RESULT),
          'x-amzn-requestid': '00000000-0000-0000-0000-000000000000',
          'x-amz-executed-version': '$LATEST',
        });
        response.end(RESULT);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was bound');
    return new LoopbackFunction(server, address.port);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
