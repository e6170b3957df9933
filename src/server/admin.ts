import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describeError, type Logger, type MetricsFormat } from '../observability/index.ts';
import { type AdminAccess, AdminGuard } from './admin-access.ts';
import { bindHosts, resolveHost } from './bind.ts';
import { type Connection, ConnectionTable } from './connection-table.ts';
import { type ListenAddress, ListenError, parseListenAddress } from './listen-address.ts';
import { METRICS_TYPES, metricsFormat } from './metrics-format.ts';
import type { Readiness } from './readiness.ts';

/** The data of the admin port. Called for each request; a rejection is a 500. */
export interface AdminSource {
  readiness(): Readiness | Promise<Readiness>;
  metrics(format: MetricsFormat): Promise<string>;
  /** Plain data without secrets. */
  config(): unknown;
  readonly page: AdminPages;
}

/** What a person sees in a browser: details, so that they are for this machine only. */
export interface AdminPages {
  readonly paths: ReadonlySet<string>;
  /** `path`: one of `paths`. */
  answer(path: string, query: URLSearchParams): Promise<PageAnswer>;
}

/** It is sent with `cache-control: no-store` and `x-content-type-options: nosniff`, as all answers are. */
export interface PageAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AdminServer {
  /** As bound: one for each address of the name. */
  readonly addresses: readonly string[];
  close(): void;
}

const JSON_TYPE = 'application/json; charset=utf-8';

const MAX_CONNECTIONS = 100;
/** The time for a request to arrive and for its answer to be read. */
const REQUEST_MS = 5_000;
const RESPONSE_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
const CHECK_MS = 1_000;

const LOCAL_ONLY = 'shown on this machine only; serve --admin-details shows it everywhere';

/** `host:port`, or undefined for `off`. Throws an error that says what was expected. */
export function parseAdminAddress(text: string): (ListenAddress & { kind: 'tcp' }) | undefined {
  if (text === 'off') return undefined;
  const address = text.startsWith('unix:') ? undefined : parseTcpAddress(text);
  if (address !== undefined) return address;
  const port = /^:?(\d{1,5})$/.exec(text)?.[1] ?? '9464';
  throw new Error(`--admin ${text} is not an address: expected host:port or off, e.g. 127.0.0.1:${port}`);
}

function parseTcpAddress(text: string): (ListenAddress & { kind: 'tcp' }) | undefined {
  try {
    const address = parseListenAddress(text);
    return address.kind === 'tcp' ? address : undefined;
  } catch (error) {
    if (error instanceof ListenError) return undefined;
    throw error;
  }
}

/** /livez, /readyz, /metrics, /config and the page over plain HTTP. Throws ListenError. */
export async function openAdmin(
  address: ListenAddress & { kind: 'tcp' },
  source: AdminSource,
  access: AdminAccess,
  logger: Logger,
): Promise<AdminServer> {
  const guard = new AdminGuard(access);
  const answer = router(source, guard);
  const connections = new ConnectionTable(MAX_CONNECTIONS);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    cutSlowReader(response);
    answer(request, response).catch((error: unknown) => {
      logger.warn({ err: error }, 'admin request failed');
      const reason = guard.showsDetails(request) ? describeError(error) : `the log has the reason; ${LOCAL_ONLY}`;
      send(request, response, 500, JSON_TYPE, json({ error: reason }));
    });
  };
  const create = (): Server => adminServer(connections, handle);
  try {
    const { servers, addresses } = await bindHosts(address, await resolveHost(address), create);
    return {
      addresses,
      close() {
        for (const server of servers as readonly Server[]) {
          server.close();
          server.closeAllConnections();
        }
      },
    };
  } catch (error) {
    const problem = error instanceof ListenError ? error.problem : describeError(error);
    // The problem already contains the cause: do not repeat it.
    const cause = error instanceof ListenError ? error.cause : error;
    throw new ListenError(`${address.text} (admin port)`, `${problem}; --admin off runs without it`, cause);
  }
}

function adminServer(
  connections: ConnectionTable,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const known = new WeakMap<Socket, Connection>();
  const server = createServer(
    {
      maxHeaderSize: 8_192,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => {
      const connection = known.get(request.socket);
      if (connection !== undefined) connections.use(connection);
      handle(request, response);
    },
  );
  server.on('connection', (socket) => known.set(socket, connections.add(socket)));
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

/** A client that does not read its answer, or reads it byte by byte, holds a connection and its memory. */
function cutSlowReader(response: ServerResponse): void {
  const timer = setTimeout(() => response.socket?.destroy(), RESPONSE_MS);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
}

function router(
  source: AdminSource,
  guard: AdminGuard,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  // Concurrent scrapers share one answer: it is the only expensive one.
  const scrapes = new Map<MetricsFormat, Promise<string>>();
  const metrics = (format: MetricsFormat): Promise<string> => {
    let scrape = scrapes.get(format);
    if (scrape === undefined) {
      scrape = source.metrics(format).finally(() => scrapes.delete(format));
      scrapes.set(format, scrape);
    }
    return scrape;
  };
  const nextTurn = turns();
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(request, response, 405, JSON_TYPE, json({ error: 'only GET and HEAD' }));
    }
    const { path, query } = targetOf(request.url ?? '');
    if (path === '/livez') return send(request, response, 200, JSON_TYPE, json({ live: true }));
    if (!guard.allowsHost(request)) {
      const error = 'the Host is neither an IP address nor a known name; allow it with serve --admin-host NAME';
      return send(request, response, 421, JSON_TYPE, json({ error }));
    }
    const isDetail = path === '/config' || source.page.paths.has(path);
    if (isDetail && !guard.showsDetails(request)) {
      return send(request, response, 403, JSON_TYPE, json({ error: LOCAL_ONLY }));
    }
    if (isDetail && !guard.allowsOrigin(request)) {
      return send(
        request,
        response,
        403,
        JSON_TYPE,
        json({ error: 'the request comes from the page of another origin' }),
      );
    }
    if (isDetail) {
      await nextTurn();
      if (response.destroyed) return;
    }
    switch (path) {
      case '/readyz': {
        const readiness = await source.readiness();
        const shown = guard.showsDetails(request) ? readiness : withoutReasons(readiness);
        return send(request, response, readiness.ready ? 200 : 503, JSON_TYPE, json(shown));
      }
      case '/metrics': {
        const format = metricsFormat(request.headers.accept);
        return send(request, response, 200, METRICS_TYPES[format], await metrics(format));
      }
      case '/config':
        return send(request, response, 200, JSON_TYPE, json(source.config()));
      default: {
        if (!source.page.paths.has(path)) return send(request, response, 404, JSON_TYPE, json({ paths: PATHS }));
        const { status, type, body, headers } = await source.page.answer(path, query);
        return send(request, response, status, type, body, headers);
      }
    }
  };
}

/** Pages are rendered for each request, and one connection can ask for a thousand at once: other work runs between two pages. */
function turns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return last;
  };
}

const PATHS = ['/', '/livez', '/readyz', '/metrics', '/config'];

function targetOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = url.indexOf('?');
  if (mark === -1) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

function withoutReasons({ ready, checks }: Readiness): unknown {
  const shown = Object.entries(checks).map(([name, { status }]) => [name, { status }]);
  return { ready, checks: Object.fromEntries(shown), reasons: LOCAL_ONLY };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Requests here have no body: its bytes are not read, so the connection cannot be used again.
    ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
