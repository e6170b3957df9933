import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, textAnswer } from './answers.ts';
import { readPageFiles } from './page-files.ts';
import { PlaygroundRequest } from './playground-request.ts';
import type { PlaygroundSource } from './playground-source.ts';
import { RunSlots } from './run-slots.ts';
import { Sessions } from './sessions.ts';

export interface Playground {
  /** With the one-time token. */
  readonly url: string;
  close(): void;
}

const HOST = '127.0.0.1';
const MAX_RUNS = 8;
const MAX_CONNECTIONS = 64;
const REQUEST_MS = 10_000;

/** Serves the page on this machine's loopback address; port 0 is a free one. Rejects when the port cannot be bound. */
export async function openPlayground(source: PlaygroundSource, port: number): Promise<Playground> {
  const sessions = new Sessions();
  const closed = new AbortController();
  const files = readPageFiles();
  const slots = new RunSlots(MAX_RUNS);
  const server = createServer({
    maxHeaderSize: 8_192,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  const parts = { source, sessions, files, slots, port: bound, closed: closed.signal };
  server.on('request', (request, response) => {
    new PlaygroundRequest(request, response, parts)
      .answer()
      .catch(() => textAnswer(500, 'unexpected error'))
      .then((answer) => send(response, answer, request.method));
  });
  return {
    url: `http://${HOST}:${bound}/?token=${sessions.token}`,
    close() {
      closed.abort();
      server.close();
      server.closeAllConnections();
    },
  };
}
