import { createServer } from 'node:http';

/** A Lambda that answers `{}` and counts which ids it was called with: twice is an invocation that ran twice. */
export interface CountingLambda {
  readonly endpoint: string;
  /** The `id` of each payload and how often it came. */
  readonly calls: ReadonlyMap<string, number>;
  stop(): void;
}

/** `afterMs`: how long each invocation takes. Signatures are not looked at; other stubs do that. */
export async function startCountingLambda(afterMs = 5): Promise<CountingLambda> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string };
      calls.set(id, (calls.get(id) ?? 0) + 1);
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': id });
        response.end('{}');
      }, afterMs);
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
