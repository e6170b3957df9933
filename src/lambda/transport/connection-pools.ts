import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import type { Environment } from '../environment.ts';
import type { SslOptions, TransportOptions } from '../types.ts';
import type { TlsTrust } from './connector.ts';
import { createDispatcher } from './dispatcher.ts';
import { ProxyVariables } from './proxy-variables.ts';

export type { TlsTrust } from './connector.ts';

/** The same object for the same store; a promise while it is read. */
export type TrustReader = (ssl: SslOptions) => TlsTrust | Promise<TlsTrust>;

/** Endpoints may be made of a caller's data. */
const MAX_POOLS = 128;

class PoolEntry {
  readonly dispatcher: Dispatcher;
  /** The number of its last use. */
  lastUse = 0;
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
  readonly #trustFor: TrustReader;
  readonly #byTransport = new WeakMap<TransportOptions, LRUCache<string, PoolEntry>>();
  readonly #byKey = new Map<string, PoolEntry>();
  #uses = 0;
  readonly #trustIds = new WeakMap<TlsTrust, number>();
  #trusts = 0;

  constructor(environment: Environment, trustFor: TrustReader) {
    this.#proxies = new ProxyVariables(environment);
    this.#trustFor = trustFor;
  }

  /** Throws or rejects as `trustFor` does, and where the variable of a proxy cannot be used. */
  get(origin: string, transport: TransportOptions): Dispatcher | Promise<Dispatcher> {
    let byOrigin = this.#byTransport.get(transport);
    if (byOrigin === undefined) {
      byOrigin = new LRUCache({ max: MAX_POOLS });
      this.#byTransport.set(transport, byOrigin);
    }
    const known = byOrigin.get(origin);
    if (known !== undefined && !known.closed) return this.#used(known);
    const found = byOrigin;
    const open = (trust: TlsTrust | undefined): Dispatcher => {
      const entry = this.#find(origin, transport.connectionTimeoutMs, trust);
      found.set(origin, entry);
      return this.#used(entry);
    };
    const trust = transport.ssl === undefined ? undefined : this.#trustFor(transport.ssl);
    return trust instanceof Promise ? trust.then(open) : open(trust);
  }

  #used(entry: PoolEntry): Dispatcher {
    this.#uses++;
    entry.lastUse = this.#uses;
    return entry.dispatcher;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    const entries = [...this.#byKey.values()];
    this.#byKey.clear();
    await Promise.all(entries.map((entry) => entry.close()));
  }

  #find(origin: string, connectionTimeoutMs: number, trust: TlsTrust | undefined): PoolEntry {
    const proxy = this.#proxies.proxyFor(origin);
    const key = `${origin} ${connectionTimeoutMs} ${trust === undefined ? '' : this.#trustId(trust)}`;
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      entry = new PoolEntry(createDispatcher({ origin, connectTimeoutMs: connectionTimeoutMs, trust, proxy }));
      if (this.#byKey.size >= MAX_POOLS) this.#dropOldest();
      this.#byKey.set(key, entry);
    }
    return entry;
  }

  /** The least recently used one: pools in use outlive any number of invented endpoints. */
  #dropOldest(): void {
    let oldest: readonly [string, PoolEntry] | undefined;
    for (const one of this.#byKey) if (oldest === undefined || one[1].lastUse < oldest[1].lastUse) oldest = one;
    if (oldest === undefined) return;
    this.#byKey.delete(oldest[0]);
    void oldest[1].close();
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
