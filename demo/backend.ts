import { createServer } from 'node:http';

const cards = [
  { owner: 'ada', number: '4111111111111111' },
  { owner: 'bob', number: '5500000000000004' },
];

/** The service behind Envoy: it has cards, and to every other path it tells what reached it. */
export async function startBackend(port: number): Promise<{ stop(): void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    // Of the headers those that the demo is about.
    const shown = Object.fromEntries(Object.entries(headers).filter(([name]) => /^x-(tier|user)$/.test(name)));
    const body = Buffer.concat(chunks).toString();
    const answer = url?.startsWith('/cards') ? { cards } : { backend: `${method} ${url}`, headers: shown, body };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
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
