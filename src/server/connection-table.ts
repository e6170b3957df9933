import type { Socket } from 'node:net';
import { isLoopback } from '../loopback.ts';

/** One open connection of a port. */
export class Connection {
  readonly socket: Socket;
  /** Whose it is: all clients of this machine count as one. */
  readonly source: string;
  /** Increases with each use of any connection in the table. */
  usedAt: number;
  /** Ends it; replaced if a protocol has a gentler way. */
  close: () => void;

  constructor(socket: Socket, usedAt: number) {
    this.socket = socket;
    this.usedAt = usedAt;
    const address = socket.remoteAddress ?? '';
    this.source = isLoopback(address) ? 'loopback' : address;
    this.close = () => socket.destroy();
  }
}

/**
 * The connections of a port, at most `max`. One more is accepted, and another one is closed for it: of the client with the
 * most connections, the least recently used one (arrival is a use). So a client that fills the port loses its own connections, not the health
 * checks of others.
 */
export class ConnectionTable {
  readonly #max: number;
  readonly #onLimit: () => void;
  readonly #open = new Set<Connection>();
  #clock = 0;

  constructor(max: number, onLimit: () => void = () => {}) {
    this.#max = max;
    this.#onLimit = onLimit;
  }

  get size(): number {
    return this.#open.size;
  }

  add(socket: Socket): Connection {
    if (this.#open.size >= this.#max) this.#makeRoom();
    const connection = new Connection(socket, ++this.#clock);
    this.#open.add(connection);
    socket.once('close', () => this.#open.delete(connection));
    return connection;
  }

  use(connection: Connection): void {
    connection.usedAt = ++this.#clock;
  }

  /** The connection that a TLS socket was made on. */
  find(socket: Socket): Connection | undefined {
    for (const connection of this.#open) {
      const { remoteAddress, remotePort } = connection.socket;
      if (remotePort === socket.remotePort && remoteAddress === socket.remoteAddress) return connection;
    }
    return undefined;
  }

  #makeRoom(): void {
    const largest = this.#largestSource();
    let victim: Connection | undefined;
    for (const connection of this.#open) {
      if (connection.source === largest && (victim === undefined || connection.usedAt < victim.usedAt))
        victim = connection;
    }
    if (victim === undefined) return;
    this.#open.delete(victim);
    this.#onLimit();
    victim.close();
  }

  #largestSource(): string {
    const counts = new Map<string, number>();
    for (const { source } of this.#open) counts.set(source, (counts.get(source) ?? 0) + 1);
    let largest = '';
    let most = 0;
    for (const [source, count] of counts) {
      if (count <= most) continue;
      largest = source;
      most = count;
    }
    return largest;
  }
}
