import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Environment } from '../request/endpoint.ts';
import type { SslOptions, TransportOptions } from '../types.ts';

/** What a trust store adds to a TLS connection; the same object for the same store. */
export interface TlsTrust {
  readonly ca?: string | Buffer | (string | Buffer)[] | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Twice an AWS account's usual concurrency; what is above waits for a free one, as long as for a new one. */
const MAX_CONNECTIONS = 2_048;
/**
 * Idle connections are closed before any usual server does it (Node 5 s, load balancers 60 s): a request that meets a
 * connection in closing cannot be repeated, since nobody knows whether it was read.
 */
const IDLE_MS = 4_000;
/** NATs forget a connection that is silent for 350 s; a function may take 900 s. */
const TCP_KEEP_ALIVE_MS = 30_000;
/** Endpoints may be made of a caller's data. */
const MAX_POOLS = 128;

interface PoolEntry {
  readonly key: string;
  readonly dispatcher: Dispatcher;
  closed: boolean;
}

/** Keep-alive connections, one pool for each origin, trust store and connect timeout. */
export class ConnectionPools {
  readonly #environment: Environment;
  readonly #trustFor: (ssl: SslOptions) => TlsTrust;
  readonly #byTransport = new WeakMap<TransportOptions, Map<string, PoolEntry>>();
  readonly #byKey = new Map<string, PoolEntry>();
  readonly #trustIds = new WeakMap<TlsTrust, number>();
  #trusts = 0;

  constructor(environment: Environment, trustFor: (ssl: SslOptions) => TlsTrust) {
    this.#environment = environment;
    this.#trustFor = trustFor;
  }

  /** Throws what `trustFor` throws. */
  get(origin: string, transport: TransportOptions): Dispatcher {
    let byOrigin = this.#byTransport.get(transport);
    if (byOrigin === undefined) {
      byOrigin = new Map();
      this.#byTransport.set(transport, byOrigin);
    }
    let entry = byOrigin.get(origin);
    if (entry === undefined || entry.closed) {
      entry = this.#find(origin, transport);
      if (byOrigin.size >= MAX_POOLS) byOrigin.clear();
      byOrigin.set(origin, entry);
    }
    return entry.dispatcher;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    const entries = [...this.#byKey.values()];
    this.#byKey.clear();
    await Promise.all(entries.map((entry) => retire(entry)));
  }

  #find(origin: string, { connectionTimeoutMs, ssl }: TransportOptions): PoolEntry {
    const trust = ssl === undefined ? undefined : this.#trustFor(ssl);
    const key = `${origin} ${connectionTimeoutMs} ${trust === undefined ? '' : this.#trustId(trust)}`;
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      entry = {
        key,
        dispatcher: createDispatcher(origin, connectionTimeoutMs, trust, this.#environment),
        closed: false,
      };
    } else {
      this.#byKey.delete(key);
    }
    // The map's order is the order of last use by a new configuration: the oldest goes first.
    this.#byKey.set(key, entry);
    if (this.#byKey.size > MAX_POOLS) this.#evict();
    return entry;
  }

  #evict(): void {
    const [oldest] = this.#byKey.values();
    if (oldest === undefined) return;
    this.#byKey.delete(oldest.key);
    void retire(oldest);
  }

  #trustId(trust: TlsTrust): number {
    let id = this.#trustIds.get(trust);
    if (id === undefined) {
      this.#trusts += 1;
      id = this.#trusts;
      this.#trustIds.set(trust, id);
    }
    return id;
  }
}

async function retire(entry: PoolEntry): Promise<void> {
  entry.closed = true;
  await entry.dispatcher.close();
}

function createDispatcher(
  origin: string,
  connectTimeout: number,
  trust: TlsTrust | undefined,
  environment: Environment,
): Dispatcher {
  const socket = { ...trust, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS };
  const options = {
    connections: MAX_CONNECTIONS,
    connectTimeout,
    connect: socket,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    // The exchange keeps its own, exact deadlines.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const proxy = origin.startsWith('https:')
    ? environment.https_proxy || environment.HTTPS_PROXY
    : environment.http_proxy || environment.HTTP_PROXY;
  if (proxy === undefined || proxy === '') return new Pool(origin, options);
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: socket,
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: environment.no_proxy || environment.NO_PROXY || '',
  });
}
