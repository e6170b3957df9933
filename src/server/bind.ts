import { lookup } from 'node:dns/promises';
import type { Server } from 'node:net';
import { codeOf } from './error-code.ts';
import { formatHostPort, type ListenAddress, ListenError } from './listen-address.ts';

export type TcpAddress = ListenAddress & { readonly kind: 'tcp' };

export interface BindOptions {
  readonly reusePort?: boolean;
}

/** Servers that listen, one for each IP address of the host, on the same port. */
export interface BoundServers {
  readonly servers: readonly Server[];
  /** Literal, e.g. `127.0.0.1:50051` and `[::1]:50051`. */
  readonly addresses: readonly string[];
}

const BACKLOG = 4_096;
/** How often another port is tried if port 0 gave one that is in use at another address of the name. */
const PORT_ATTEMPTS = 10;

/** The IP addresses of the host, in the system's order. Throws ListenError. */
export async function resolveHost(address: TcpAddress): Promise<readonly string[]> {
  try {
    const found = await lookup(address.host, { all: true, order: 'verbatim' });
    return [...new Set(found.map((entry) => entry.address))];
  } catch (error) {
    throw bindError(address, address.host, error);
  }
}

/**
 * Binds each of `hosts`, which `resolveHost` gave. A family that this machine does not have (`::1` in /etc/hosts where
 * IPv6 is off) is left out if another address can be bound. Throws ListenError, with nothing left bound.
 */
export async function bindHosts(
  address: TcpAddress,
  hosts: readonly string[],
  createServer: () => Server,
  options: BindOptions = {},
): Promise<BoundServers> {
  for (let attempt = 1; ; attempt++) {
    const bound: { server: Server; host: string; port: number }[] = [];
    let missing: ListenError | undefined;
    try {
      for (const host of hosts) {
        const server = createServer();
        const port = bound[0]?.port ?? address.port;
        try {
          await listen(server, { host, port, backlog: BACKLOG, reusePort: options.reusePort ?? false });
          bound.push({ server, host, port: portOf(server) ?? port });
        } catch (error) {
          if (!isMissingFamily(error)) throw error;
          missing ??= bindError(address, host, error);
        }
      }
      if (bound.length === 0 && missing !== undefined) throw missing;
      return {
        servers: bound.map(({ server }) => server),
        addresses: bound.map(({ host, port }) => formatHostPort(host, port)),
      };
    } catch (error) {
      for (const { server } of bound) server.close();
      const portIsTaken = codeOf(error) === 'EADDRINUSE';
      if (address.port === 0 && portIsTaken && attempt < PORT_ATTEMPTS) continue;
      throw error instanceof ListenError ? error : bindError(address, address.host, error);
    }
  }
}

function listen(server: Server, options: Parameters<Server['listen']>[0] & object): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number | undefined {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : undefined;
}

function isMissingFamily(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EPROTONOSUPPORT';
}

function bindError(address: TcpAddress, host: string, error: unknown): ListenError {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new ListenError(address.text, 'the address is in use by another process', error);
    case 'EACCES':
      return new ListenError(
        address.text,
        `no permission to bind port ${address.port} (ports below 1024 need privileges)`,
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EPROTONOSUPPORT':
      return new ListenError(address.text, `${host} is not an address of this machine`, error);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return new ListenError(address.text, `the host ${address.host} cannot be resolved`, error);
    default:
      return new ListenError(address.text, error instanceof Error ? error.message : String(error), error);
  }
}
