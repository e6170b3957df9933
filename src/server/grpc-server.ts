import type { Socket } from 'node:net';
import { type Server as GrpcServer, Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '../observability/index.ts';
import { type Connection, ConnectionTable } from './connection-table.ts';
import { callHandlers, serveDirectly } from './direct-calls.ts';
import { loosenHttp2, onStream, openSessions } from './grpc-internals.ts';
import type { GrpcService } from './grpc-service.ts';
import { Health } from './health.ts';
import type { ListenAddress } from './listen-address.ts';
import { type Listener, openListener, type PortSecurity, type Takeover } from './listener.ts';
import { type RefusalCounters, Refusals } from './refusals.ts';
import { Sessions } from './sessions.ts';
import { createStreamGate } from './stream-gate.ts';
import type { TextMetadata } from './text-metadata.ts';

export interface ServerOptions extends PortSecurity {
  readonly services: readonly GrpcService[];
  readonly listeners: readonly ListenAddress[];
  readonly takeover?: Takeover | undefined;
  /** Largest body that one message may carry; the message's other parts get some slack. */
  readonly maxBodyBytes: number;
  /** Streams of one connection at a time. Higher than the limit at which the service itself refuses with an answer. */
  readonly maxConcurrentStreams: number;
  /** Metadata that must arrive unchanged; see keepTextMetadata. */
  readonly metadata?: TextMetadata | undefined;
  /** How long a stream may be without a message; 30 s by default. */
  readonly firstMessageMs?: number | undefined;
  /** Open connections at a time; 1,000 by default. */
  readonly maxConnections?: number | undefined;
  readonly refusals?: RefusalCounters | undefined;
  readonly logger: Logger;
}

export interface DrainOptions {
  /** The time for running streams; then connections are cut. */
  readonly timeoutMs: number;
}

/** The gRPC side of the process. */
export interface RunningServer {
  /** As bound, in the order of the options. */
  readonly addresses: readonly string[];
  /** Those that other machines may reach without a certificate. */
  readonly exposed: readonly string[];
  /** The answer to gRPC health checks. */
  setServing(serving: boolean): void;
  /**
   * Stops accepting, sends GOAWAY, waits for the running streams. True if all of them ended by themselves.
   *
   * A stream in transit is refused (REFUSED_STREAM), which says that it was not begun: Envoy's retry policy
   * `refused-stream` sends it elsewhere. HTTP/2 has a first GOAWAY that only warns (RFC 9113, 6.8), but Node cannot
   * send it: after any GOAWAY of Node's, and above a lowered limit of streams even before the client has agreed to
   * it, nghttp2 drops new streams, so a warning would only make them wait for their refusal.
   */
  drain(options: DrainOptions): Promise<boolean>;
  /** Serves a connection that no listener took. */
  accept(socket: Socket): void;
  /** Ends everything now. */
  close(): Promise<void>;
  readonly connections: number;
  readonly grpc: GrpcServer;
}

/** Headers (60 KiB), attributes, metadata context and the framing of one message beside its body. */
const MESSAGE_SLACK = 1024 * 1024;
const FIRST_MESSAGE_MS = 30_000;
/** Envoy opens one for each of its threads; each costs some 50 KB and a file descriptor. */
const MAX_CONNECTIONS = 1_000;
const BACKLOG_MS = 100;
const CLOSE_CHECK_MS = 20;

/** Binds every listener or none. Throws ListenError. */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { logger, firstMessageMs = FIRST_MESSAGE_MS } = options;
  const refusals = new Refusals(options.refusals ?? NOBODY_COUNTS, logger);
  const handlers = callHandlers(options.services);
  const server = new Server({
    'grpc.max_receive_message_length': options.maxBodyBytes + MESSAGE_SLACK,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams,
    // A peer that vanished silently (a cut network) is noticed within 80 s.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    // Its bookkeeping costs time for each message, and nothing reads it.
    'grpc.enable_channelz': 0,
    interceptors: [serveDirectly(handlers, firstMessageMs, () => refusals.streams('no_message'))],
  });
  loosenHttp2(server);
  const health = new Health();
  health.addTo(server);
  // Their calls never reach an implementation.
  for (const { definition } of options.services) server.addService(definition, {});

  // Sockets are accepted here rather than by grpc-js, which cannot set a socket's mode, move it into place, exchange
  // certificates or say why an address cannot be bound.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const connections = new ConnectionTable(options.maxConnections ?? MAX_CONNECTIONS, () =>
    refusals.connection('limit'),
  );
  const sessions = new Sessions({ server, connections, refusals, logger });
  onStream(
    server,
    createStreamGate({
      metadata: options.metadata,
      watched: handlers,
      firstMessageMs,
      refusals,
    }),
  );
  const accept = (socket: Socket, connection: Connection): void => {
    socket.on('error', (error) => logger.debug({ err: error }, 'connection error'));
    sessions.expect(socket, connection);
    injector.injectConnection(socket);
  };
  const listeners: Listener[] = [];
  const { tls, clientNames, insecurePlaintext, takeover } = options;
  try {
    for (const address of options.listeners) {
      listeners.push(
        await openListener({
          address,
          tls,
          clientNames,
          insecurePlaintext,
          takeover,
          connections,
          refusals,
          accept,
        }),
      );
    }
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    sessions.stop();
    server.forceShutdown();
    throw error;
  }

  const closeListeners = async (): Promise<void> => {
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  };
  return {
    addresses: listeners.flatMap(({ addresses }) => addresses),
    exposed: listeners.flatMap(({ exposed }) => exposed),
    setServing: (serving) => health.set(serving),
    get connections() {
      return openSessions(server).length;
    },
    grpc: server,
    accept: (socket) => accept(socket, connections.add(socket)),
    async drain({ timeoutMs }) {
      const deadline = Date.now() + timeoutMs;
      // Connections in the backlog are accepted: a reset is worse for a client than an orderly end.
      await sleep(Math.min(BACKLOG_MS, timeoutMs));
      await closeListeners();
      for (const session of openSessions(server)) session.close();
      while (openSessions(server).length > 0 && Date.now() < deadline) await sleep(CLOSE_CHECK_MS);
      const clean = openSessions(server).length === 0;
      sessions.stop();
      destroyAll(server);
      return clean;
    },
    async close() {
      await closeListeners();
      sessions.stop();
      destroyAll(server);
    },
  };
}

const NOBODY_COUNTS: RefusalCounters = { streamsRefused() {}, connectionRefused() {} };

function destroyAll(server: GrpcServer): void {
  for (const session of openSessions(server)) session.destroy();
  server.forceShutdown();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
