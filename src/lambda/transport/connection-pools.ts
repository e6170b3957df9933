import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import type { Environment } from '../environment.ts';
import type { SslOptions, TransportOptions } from '../types.ts';
import type { TlsTrust } from './connector.ts';
import { createDispatcher } from './dispatcher.ts';
import { ProxyVariables } from './proxy-variables.ts';

export type { TlsTrust } from './connector.ts';

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
  readonly #proxies: ProxyVariables;
  readonly #trustFor: (ssl: SslOptions) => TlsTrust;
  readonly #byTransport = new WeakMap<TransportOptions, LRUCache<string, PoolEntry>>();
  /** In the order of last use by a new configuration: the oldest goes first. */
  readonly #byKey = new LRUCache<string, PoolEntry>({ max: MAX_POOLS, dispose: (entry) => void entry.close() });
  readonly #trustIds = new WeakMap<TlsTrust, number>();
  #trusts = 0;

  constructor(environment: Environment, trustFor: (ssl: SslOptions) => TlsTrust) {
    this.#proxies = new ProxyVariables(environment);
    this.#trustFor = trustFor;
  }

  /** Throws what `trustFor` throws, and where the variable of a proxy cannot be used. */
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
    const proxy = this.#proxies.proxyFor(origin);
    const key = `${origin} ${connectionTimeoutMs} ${trust === undefined ? '' : this.#trustId(trust)}`;
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      entry = new PoolEntry(createDispatcher({ origin, connectTimeoutMs: connectionTimeoutMs, trust, proxy }));
      this.#byKey.set(key, entry);
    }
    return entry;
  }

  #trustId(trust: TlsTrust): number {
    let id = this.#trustIds.get(trust);
    if (id === undefined) {
      this.#trusts++;
      id = this.#trusts;
      this.#trustIds.set(trust, id);
    }
    return id;
  }
}
