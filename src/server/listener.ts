import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { formatHostPort, type ListenAddress, ListenError } from './listen-address.ts';
import type { TlsFiles } from './tls-files.ts';
import { type ClaimedSocket, listenOnSocket } from './unix-socket.ts';

/** One open listening socket. */
export interface Listener {
  /** As bound: a port 0 has become the real one. */
  readonly address: string;
  /** No new connections; those accepted stay. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly address: ListenAddress;
  /** For `host:port`; a Unix socket is protected by its mode. */
  readonly tls?: TlsFiles | undefined;
  /** Take a Unix socket over from the process that listens on it. */
  readonly replace?: boolean | undefined;
  /** Called for each connection, after the TLS handshake. */
  readonly accept: (socket: Socket) => void;
}

const TLS_HANDSHAKE_MS = 10_000;
const BACKLOG = 4_096;

/** Binds and listens. Throws ListenError. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { address } = options;
  if (address.kind === 'unix') {
    const server = createServer(options.accept);
    const claimed = await listenOnSocket(server, address, options.replace === true);
    return listener(server, `unix:${address.path}`, claimed);
  }
  const server =
    options.tls === undefined ? createServer({ noDelay: true }, options.accept) : tlsServer(options.tls, options);
  await listenOnPort(server, address);
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  return listener(server, formatHostPort(address.host, port));
}

function tlsServer(tls: TlsFiles, options: ListenerOptions): Server {
  const server = createTlsServer(
    {
      ...tls.secureContext(),
      ALPNProtocols: ['h2'],
      noDelay: true,
      handshakeTimeout: TLS_HANDSHAKE_MS,
      requestCert: tls.wantsClientCertificate,
      rejectUnauthorized: tls.wantsClientCertificate,
    },
    (socket: TLSSocket) => options.accept(socket),
  );
  // A client that fails its handshake is its own affair; without this the error would end the process.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const unsubscribe = tls.onChange((context) => server.setSecureContext(context));
  server.once('close', unsubscribe);
  return server;
}

function listenOnPort(server: Server, address: { text: string; host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(portError(address, error));
    server.once('error', onError);
    server.listen({ host: address.host, port: address.port, backlog: BACKLOG }, () => {
      server.removeListener('error', onError);
      resolve();
    });
  });
}

function portError(address: { text: string; port: number; host: string }, error: NodeJS.ErrnoException): ListenError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(address.text, 'the address is in use by another process', error);
    case 'EACCES':
      return new ListenError(
        address.text,
        `no permission to bind port ${address.port} (below 1024 it needs privileges)`,
        error,
      );
    case 'EADDRNOTAVAIL':
      return new ListenError(address.text, `${address.host} is no address of this machine`, error);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenError(address.text, `the host ${address.host} cannot be resolved`, error);
    default:
      return new ListenError(address.text, error.message, error);
  }
}

function listener(server: Server, address: string, claimed?: ClaimedSocket): Listener {
  // After listening, an error (e.g. no file descriptors left for a new connection) must not end the process.
  server.on('error', () => {});
  return {
    address,
    async close() {
      await claimed?.release();
      // Resolves when the listening socket is closed; its callback would wait for every connection to end.
      server.close();
    },
  };
}
