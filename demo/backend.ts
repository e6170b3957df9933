import { createServer, type IncomingHttpHeaders } from 'node:http';
import { CHANGED_HEADER, changesOf } from './marked-headers.ts';

const cards = [
  { owner: 'ada', number: '4111111111111111' },
  { owner: 'bob', number: '5500000000000004' },
];

/**
 * The service behind Envoy. It has one resource with card numbers; for every other path it returns the request that it received. The
 * headers that policies changed are in `changedByPolicies`, if the demo's Envoy sends them.
 */
export async function startBackend(port: number): Promise<{ stop(): void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const answer = url.startsWith('/cards') ? { cards } : echo(method, url, headers, Buffer.concat(chunks).toString());
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(answer, undefined, 2)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function echo(method: string, url: string, received: IncomingHttpHeaders, body: string): object {
  const { [CHANGED_HEADER]: changed, ...headers } = received;
  const changes =
    typeof changed === 'string' ? { changedByPolicies: changesOf(changed, { ...headers, ':path': url }) } : {};
  return { backend: `${method} ${url}`, headers, ...changes, body };
}
