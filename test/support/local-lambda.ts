import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A function as Node's runtime calls it: event → result. */
export type LambdaHandler = (event: unknown, context: object) => unknown;

export interface LocalLambda {
  readonly endpoint: string;
  /** The events of all calls, in order. */
  readonly events: readonly unknown[];
  stop(): void;
}

/** The Invoke API over functions of this process, by name: what one throws is a function error, as on AWS. Signatures are not looked at. */
export async function startLocalLambda(handlers: Readonly<Record<string, LambdaHandler>>): Promise<LocalLambda> {
  const events: unknown[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const name = decodeURIComponent(/\/functions\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? '');
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      if (handler === undefined) {
        response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}');
        return;
      }
      try {
        const event: unknown = JSON.parse(Buffer.concat(chunks).toString());
        events.push(event);
        const result = await handler(event, { functionName: name, awsRequestId: 'local' });
        response.end(JSON.stringify(result ?? null));
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        response.writeHead(200, { 'x-amz-function-error': 'Unhandled' });
        response.end(JSON.stringify({ errorType, errorMessage }));
      }
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
