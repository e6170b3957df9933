import { LRUCache } from 'lru-cache';
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

class PoolEntry {
  readonly dispatcher: Dispatcher;
  #closing: Promise<void> | undefined;

  constructor(dispatcher: Dispatcher) {
    this.dispatcher = dispatcher;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    this.#closing ??= this.dispatcher.close();
    return this.#closing;
  }
}

/** Keep-alive connections, one pool for each origin, trust store and connect timeout. */
export class ConnectionPools {
  readonly #environment: Environment;
  readonly #trustFor: (ssl: SslOptions) => TlsTrust;
  readonly #byTransport = new WeakMap<TransportOptions, LRUCache<string, PoolEntry>>();
  /** In the order of last use by a new configuration: the oldest goes first. */
  readonly #byKey = new LRUCache<string, PoolEntry>({ max: MAX_POOLS, dispose: (entry) => void entry.close() });
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
      byOrigin = new LRUCache({ max: MAX_POOLS });
      this.#byTransport.set(transport, byOrigin);
    }
    let entry = byOrigin.get(origin);
    if (entry === undefined || entry.closed) {
      entry = this.#find(origin, transport);
      byOrigin.set(origin, entry);
    }
    return entry.dispatcher;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    const entries = [...this.#byKey.values()];
    this.#byKey.clear();
    await Promise.all(entries.map((entry) => entry.close()));
  }

  #find(origin: string, { connectionTimeoutMs, ssl }: TransportOptions): PoolEntry {
    const trust = ssl === undefined ? undefined : this.#trustFor(ssl);
    const key = `${origin} ${connectionTimeoutMs} ${trust === undefined ? '' : this.#trustId(trust)}`;
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      entry = new PoolEntry(createDispatcher(origin, connectionTimeoutMs, trust, this.#environment));
      this.#byKey.set(key, entry);
    }
    return entry;
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
