import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { isLoopback } from '../loopback.ts';
import { bindHosts, resolveHost, type TcpAddress } from './bind.ts';
import { type ClientNames, certificateFits } from './client-names.ts';
import type { Connection, ConnectionTable } from './connection-table.ts';
import { type ListenAddress, ListenError } from './listen-address.ts';
import type { Refusals } from './refusals.ts';
import type { TlsFiles } from './tls-files.ts';
import { type ClaimedSocket, listenOnSocket } from './unix-socket.ts';

/** One `--listen`, open: a socket for each address of its name. */
export interface Listener {
  /** As bound: a port 0 has become the real one, a name its addresses. */
  readonly addresses: readonly string[];
  /** Those that other machines may reach without a certificate. */
  readonly exposed: readonly string[];
  /** No new connections; those accepted stay. */
  close(): Promise<void>;
}

/**
 * Whether the address may pass to a successor without a gap: `later` prepares for that, `now` takes it from the process
 * that has it. A Unix socket needs no preparation.
 */
export type Takeover = 'never' | 'later' | 'now';

/** What protects a `host:port`; a Unix socket is protected by its mode. */
export interface PortSecurity {
  readonly tls?: TlsFiles | undefined;
  /** Names of a client's certificate; undefined: any that the CA has signed. */
  readonly clientNames?: ClientNames | undefined;
  /** Accepts other machines without a client certificate. */
  readonly insecurePlaintext?: boolean | undefined;
}

export interface ListenerOptions extends PortSecurity {
  readonly address: ListenAddress;
  /** `never` by default. */
  readonly takeover?: Takeover | undefined;
  readonly connections: ConnectionTable;
  readonly refusals: Refusals;
  /** Called for each connection, after the TLS handshake. */
  readonly accept: (socket: Socket, connection: Connection) => void;
}

const TLS_HANDSHAKE_MS = 10_000;

/** Binds and listens. Throws ListenError. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { address } = options;
  if (address.kind === 'unix') {
    const server = plainServer(options);
    const claimed = await listenOnSocket(server, address, options.takeover === 'now');
    return listener([server], [`unix:${address.path}`], [], claimed);
  }
  const hosts = await resolveHost(address);
  const exposed = options.tls?.wantsClientCertificate === true ? [] : hosts.filter((host) => !isLoopback(host));
  if (exposed.length > 0 && options.insecurePlaintext !== true) throw exposedError(address, exposed);
  const takeover = process.platform === 'linux' ? (options.takeover ?? 'never') : 'never';
  // SO_REUSEPORT allows a successor, but also any other process: so check first whether the address is in use.
  if (takeover === 'later' && address.port !== 0) await probePort(address, hosts);
  const { tls } = options;
  const create = tls === undefined ? () => plainServer(options) : () => tlsServer(tls, options);
  const bound = await bindHosts(address, hosts, create, { reusePort: takeover !== 'never' });
  return listener(bound.servers, bound.addresses, exposed.length > 0 ? bound.addresses : []);
}

function exposedError(address: TcpAddress, exposed: readonly string[]): ListenError {
  const which = exposed.includes(address.host) ? 'it' : exposed.join(' and ');
  return new ListenError(
    address.text,
    `${which} can be reached from other machines, and anyone who can reach the port can call the functions of the policies; ` +
      'set --tls-cert, --tls-key and --tls-client-ca, listen on unix:/path or 127.0.0.1, or allow it with --insecure-plaintext',
  );
}

function plainServer({ connections, accept }: ListenerOptions): Server {
  return createServer({ noDelay: true }, (socket) => accept(socket, connections.add(socket)));
}

function tlsServer(tls: TlsFiles, { connections, refusals, accept, clientNames }: ListenerOptions): Server {
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
      if (clientNames !== undefined && !certificateFits(socket.getPeerX509Certificate(), clientNames)) {
        refusals.connection('client_name', { remoteAddress: socket.remoteAddress });
        socket.on('error', () => {});
        socket.destroy();
        return;
      }
      // An Envoy cluster without `alpn_protocols` offers none but still speaks HTTP/2; Node would refuse it.
      if (socket.alpnProtocol === false) socket.alpnProtocol = 'h2';
      accept(socket, connections.find(socket) ?? connections.add(socket));
    },
  );
  // Counted before the handshake, which costs more than what follows.
  server.prependListener('connection', (socket: Socket) => void connections.add(socket));
  // A failed handshake concerns only its client; without this the error would end the process.
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // A client that connects and leaves (a port scan, a TCP health check) was not refused.
    if (error.code !== 'ECONNRESET') refusals.connection('tls', { problem: error.code ?? error.message });
    socket.destroy();
  });
  const unsubscribe = tls.onChange((context) => server.setSecureContext(context));
  server.once('close', unsubscribe);
  return server;
}

async function probePort(address: TcpAddress, hosts: readonly string[]): Promise<void> {
  const { servers } = await bindHosts(address, hosts, () => createServer());
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
}

function listener(
  servers: readonly Server[],
  addresses: readonly string[],
  exposed: readonly string[],
  claimed?: ClaimedSocket,
): Listener {
  // After listening, an error (e.g. no file descriptors left for a new connection) must not end the process.
  for (const server of servers) server.on('error', () => {});
  return {
    addresses,
    exposed,
    async close() {
      await claimed?.release();
      // Resolves when the listening socket is closed; its callback would wait for every connection to end.
      for (const server of servers) server.close();
    },
  };
}
