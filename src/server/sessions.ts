import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Server } from '@grpc/grpc-js';
import type { Logger } from '../observability/index.ts';
import type { Connection, ConnectionTable } from './connection-table.ts';
import { onSession, onSessionError } from './grpc-internals.ts';
import { replaceStreamTables } from './http2-stream-table.ts';
import { LostStreams } from './lost-streams.ts';
import type { Refusals } from './refusals.ts';

export interface SessionsOptions {
  readonly server: Server;
  readonly connections: ConnectionTable;
  readonly refusals: Refusals;
  readonly logger: Logger;
  /** How long a client may take to begin HTTP/2; 10 s by default. */
  readonly prefaceMs?: number;
}

const PREFACE_MS = 10_000;
/** For the streams of a connection that is closed to make room. */
const LAST_STREAMS_MS = 30_000;

/** Sets up each HTTP/2 connection from its start. `expect` is called before the connection is handed to grpc-js. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #lost: LostStreams;
  #next: { readonly socket: Socket; readonly connection: Connection } | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
    const { server, refusals } = options;
    this.#lost = new LostStreams((count) => refusals.streams('http2', count));
    onSession(server, (session) => this.#begin(session));
    onSessionError(server, (error) => {
      // Of nghttp2. Other errors come from a broken connection, or from a client that left.
      if ('code' in error && error.code === 'ERR_HTTP2_ERROR') refusals.connection('http2', { problem: error.message });
    });
  }

  /** The session of this socket is made synchronously, and has no way back to the socket itself. */
  expect(socket: Socket, connection: Connection): void {
    this.#next = { socket, connection };
  }

  stop(): void {
    this.#lost.stop();
  }

  #begin(session: ServerHttp2Session): void {
    const { connections, logger, prefaceMs = PREFACE_MS } = this.#options;
    if (!replaceStreamTables(session)) logger.debug('node:http2 keeps its streams elsewhere: more memory is used');
    const expected = this.#next;
    this.#next = undefined;
    if (expected === undefined) return;
    const { socket, connection } = expected;
    this.#lost.watch(session, socket);
    const silent = setTimeout(() => session.destroy(), prefaceMs);
    silent.unref();
    session.once('remoteSettings', () => clearTimeout(silent));
    session.once('close', () => clearTimeout(silent));
    let hasServed = false;
    session.on('stream', () => {
      hasServed = true;
      connections.use(connection);
    });
    connection.close = () => {
      if (!hasServed) return session.destroy();
      session.close();
      setTimeout(() => session.destroy(), LAST_STREAMS_MS).unref();
    };
  }
}
