import { type LookupAddress, lookup } from 'node:dns';
import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { startTimer } from '../timer.ts';

/** Names, sockets and time, so that a test needs none of them. */
export interface NetworkParts {
  readonly lookup: (host: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;
  readonly connect: (address: string, port: number) => Socket;
  /** Runs the task once after so many milliseconds, unless the returned function is called before. */
  readonly after: (milliseconds: number, task: () => void) => () => void;
}

/** NATs forget a connection that is silent for 350 s; a function may take 900 s. */
const TCP_KEEP_ALIVE_MS = 30_000;

const socketOptions = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
  highWaterMark: 65_536,
};

export const systemNetwork: NetworkParts = {
  lookup: (host, done) => lookup(host, { all: true }, done),
  connect(host, port) {
    const options: TcpNetConnectOpts & { readonly highWaterMark: number } = { host, port, ...socketOptions };
    return connect(options);
  },
  after: startTimer,
};

/** Until the next address is tried as well: RFC 8305's and Node's value. */
const STAGGER_MS = 250;

/**
 * A TCP connection to the first address that answers. Unlike Node's own selection, an address that is slow to answer is
 * not given up for the next one: each attempt lasts until one has succeeded or the returned function ends them all.
 */
export function raceConnect(
  host: string,
  port: number,
  network: NetworkParts,
  done: (error: Error | undefined, socket: Socket | undefined) => void,
): () => void {
  const family = isIP(host);
  const race = new Race(port, network, done);
  if (family !== 0) race.run([{ address: host, family }]);
  else network.lookup(host, (error, addresses) => (error === null ? race.run(addresses) : race.fail(error)));
  return () => race.end();
}

class Race {
  readonly #port: number;
  readonly #network: NetworkParts;
  readonly #done: (error: Error | undefined, socket: Socket | undefined) => void;
  readonly #running = new Set<Socket>();
  readonly #errors: Error[] = [];
  #waiting: LookupAddress[] = [];
  #cancelNext: (() => void) | undefined;
  #ended = false;

  constructor(
    port: number,
    network: NetworkParts,
    done: (error: Error | undefined, socket: Socket | undefined) => void,
  ) {
    this.#port = port;
    this.#network = network;
    this.#done = done;
  }

  run(addresses: readonly LookupAddress[]): void {
    if (this.#ended) return;
    this.#waiting = interleaved(addresses);
    this.#next();
  }

  fail(error: Error): void {
    if (this.#ended) return;
    this.end();
    this.#done(error, undefined);
  }

  end(): void {
    this.#ended = true;
    this.#cancelNext?.();
    for (const socket of this.#running) socket.destroy();
    this.#running.clear();
  }

  #next(): void {
    this.#cancelNext?.();
    const address = this.#waiting.shift();
    if (address === undefined) return;
    const socket = this.#network.connect(address.address, this.#port);
    this.#running.add(socket);
    const onError = (error: Error): void => {
      this.#running.delete(socket);
      if (this.#ended) return;
      this.#errors.push(error);
      if (this.#waiting.length > 0) this.#next();
      else if (this.#running.size === 0) this.fail(joined(this.#errors));
    };
    socket.on('error', onError);
    socket.once('connect', () => {
      if (this.#ended) return;
      this.#running.delete(socket);
      socket.off('error', onError);
      this.end();
      this.#done(undefined, socket);
    });
    if (this.#waiting.length > 0) this.#cancelNext = this.#network.after(STAGGER_MS, () => this.#next());
  }
}

/** IPv6 and IPv4 alternate, beginning with the first address of the system's resolver. */
function interleaved(addresses: readonly LookupAddress[]): LookupAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  return first.flatMap((address, i) => {
    const other = i === first.length - 1 ? second.slice(i) : second.slice(i, i + 1);
    return [address, ...other];
  });
}

function joined(errors: readonly Error[]): Error {
  const [first] = errors;
  if (errors.length === 1 && first !== undefined) return first;
  const message = errors.map(({ message: text }) => text).join('; ');
  return Object.assign(new AggregateError(errors, message), { code: first === undefined ? undefined : codeOf(first) });
}

function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
