import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describeError, type Logger } from '../observability/index.ts';
import { formatHostPort, type ListenAddress, ListenError, parseListenAddress } from './listen-address.ts';
import type { Readiness } from './readiness.ts';

/** What the admin port tells. Called for a request; a rejection is a 500. */
export interface AdminSource {
  readiness(): Readiness | Promise<Readiness>;
  /** Prometheus' text format. */
  metrics(): Promise<string>;
  /** Plain data without secrets. */
  config(): unknown;
}

export interface AdminServer {
  readonly address: string;
  close(): void;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** `host:port`, or undefined for `off`. Throws ListenError. */
export function parseAdminAddress(text: string): (ListenAddress & { kind: 'tcp' }) | undefined {
  if (text === 'off') return undefined;
  const address = parseListenAddress(text);
  if (address.kind !== 'tcp') throw new ListenError(text, 'the admin port is host:port or off');
  return address;
}

/** /livez, /readyz, /metrics, /config over plain HTTP. Throws ListenError. */
export async function openAdmin(
  address: ListenAddress & { kind: 'tcp' },
  source: AdminSource,
  logger: Logger,
): Promise<AdminServer> {
  const answer = router(source);
  const server = createServer(
    // A slow, endless or oversized request costs one of 100 connections for five seconds.
    { maxHeaderSize: 8_192, headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 30_000 },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        logger.warn({ err: error }, 'admin request failed');
        send(request, response, 500, JSON_TYPE, json({ error: describeError(error) }));
      });
    },
  );
  server.maxConnections = 100;
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = error.code === 'EADDRINUSE' ? 'the address is in use by another process' : error.message;
      reject(new ListenError(`${address.text} (admin port)`, `${problem}; --admin off goes without it`, error));
    });
    server.listen({ host: address.host, port: address.port }, resolve);
  });
  const bound = server.address();
  return {
    address: formatHostPort(address.host, typeof bound === 'object' && bound !== null ? bound.port : address.port),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function router(source: AdminSource): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  // Scrapers that pile up share one answer: it is the only expensive one.
  let scrape: Promise<string> | undefined;
  const metrics = (): Promise<string> => {
    scrape ??= source.metrics().finally(() => {
      scrape = undefined;
    });
    return scrape;
  };
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(request, response, 405, JSON_TYPE, json({ error: 'only GET and HEAD' }));
    }
    switch (request.url?.split('?', 1)[0]) {
      case '/livez':
        return send(request, response, 200, JSON_TYPE, json({ live: true }));
      case '/readyz': {
        const readiness = await source.readiness();
        return send(request, response, readiness.ready ? 200 : 503, JSON_TYPE, json(readiness));
      }
      case '/metrics':
        return send(request, response, 200, METRICS_TYPE, await metrics());
      case '/config':
        return send(request, response, 200, JSON_TYPE, json(source.config()));
      default:
        return send(request, response, 404, JSON_TYPE, json({ paths: ['/livez', '/readyz', '/metrics', '/config'] }));
    }
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // A request with a body is none of ours: its bytes are not read, so the connection cannot be used again.
    ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
