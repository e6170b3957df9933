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

/**
 * Whether the address may pass to a successor without a gap: `later` prepares for that, `now` takes it from the process
 * that has it. A Unix socket needs no preparation.
 */
export type Takeover = 'never' | 'later' | 'now';

export interface ListenerOptions {
  readonly address: ListenAddress;
  /** For `host:port`; a Unix socket is protected by its mode. */
  readonly tls?: TlsFiles | undefined;
  /** `never` by default. */
  readonly takeover?: Takeover | undefined;
  /** Called for each connection, after the TLS handshake. */
  readonly accept: (socket: Socket) => void;
}

type TcpAddress = ListenAddress & { readonly kind: 'tcp' };

const TLS_HANDSHAKE_MS = 10_000;
const BACKLOG = 4_096;

/** Binds and listens. Throws ListenError. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { address } = options;
  if (address.kind === 'unix') {
    const server = createServer(options.accept);
    const claimed = await listenOnSocket(server, address, options.takeover === 'now');
    return listener(server, `unix:${address.path}`, claimed);
  }
  const server =
    options.tls === undefined ? createServer({ noDelay: true }, options.accept) : tlsServer(options.tls, options);
  const takeover = process.platform === 'linux' ? (options.takeover ?? 'never') : 'never';
  // SO_REUSEPORT lets a successor in, and would let a stranger in too: so look first whether somebody is there.
  if (takeover === 'later' && address.port !== 0) await probePort(address);
  await listenOnPort(server, address, takeover !== 'never');
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
    (socket: TLSSocket) => {
      // An Envoy cluster without `alpn_protocols` offers none and speaks HTTP/2 all the same; Node would refuse it.
      if (socket.alpnProtocol === false) socket.alpnProtocol = 'h2';
      options.accept(socket);
    },
  );
  // A client that fails its handshake is its own affair; without this the error would end the process.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const unsubscribe = tls.onChange((context) => server.setSecureContext(context));
  server.once('close', unsubscribe);
  return server;
}

async function probePort(address: TcpAddress): Promise<void> {
  const server = createServer();
  await listenOnPort(server, address, false);
  await new Promise((resolve) => server.close(resolve));
}

function listenOnPort(server: Server, address: TcpAddress, reusePort: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(portError(address, error));
    server.once('error', onError);
    server.listen({ host: address.host, port: address.port, backlog: BACKLOG, reusePort }, () => {
      server.removeListener('error', onError);
      resolve();
    });
  });
}

function portError(address: TcpAddress, error: NodeJS.ErrnoException): ListenError {
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
