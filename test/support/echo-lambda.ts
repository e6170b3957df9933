import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoLambda {
  readonly endpoint: string;
  stop(): void;
}

/** A Lambda whose functions answer their payload; `fails` with a function error, `denied` with 403. Signatures are not looked at. */
export async function startEchoLambda(): Promise<EchoLambda> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const name = /\/functions\/([^/]+)\//.exec(request.url ?? '')?.[1];
      const type = request.headers['x-amz-invocation-type'];
      if (name === 'denied') {
        response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end('{"Message":"no"}');
      } else if (type === 'Event' || type === 'DryRun') {
        response.writeHead(type === 'Event' ? 202 : 204).end();
      } else {
        response.writeHead(200, name === 'fails' ? { 'x-amz-function-error': 'Unhandled' } : {});
        response.end(Buffer.concat(chunks));
      }
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The `apis` of a document whose steps, given by their configurations, call the function `echo`. */
export function echoApis(apis: Readonly<Record<string, object>>, { endpoint }: EchoLambda): Record<string, object> {
  const keys = { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint };
  const steps = (all: readonly object[]) =>
    all.map((each) => ({ configuration: { ...keys, function: 'echo', ...each } }));
  const compiled = Object.entries(apis).map(([name, phases]) => [
    name,
    Object.fromEntries(Object.entries(phases).map(([phase, all]) => [phase, steps(all as object[])])),
  ]);
  return Object.fromEntries(compiled);
}
