import { LRUCache } from 'lru-cache';
import { identityKey } from '../credentials/identity.ts';
import type { CredentialProvider } from '../resolved-credentials.ts';
import type { RetryOptions, TransportOptions } from '../types.ts';
import type { FunctionGuard } from './function-guard.ts';
import { GuardPool } from './guard-pool.ts';

/** A function by its endpoint, region and name: qualifiers, and the ways to write a name, share it. */
export interface NamedFunction {
  readonly functionKey: string;
  /** In the function's name. */
  readonly account: string | undefined;
}

/** How a step calls its function. */
interface Settings {
  readonly transport: TransportOptions;
  readonly retry: RetryOptions;
}

/**
 * Guards that remember failures are 0.3 KB each. More than the requests that one process has under way, so that a guard
 * with calls never has to go.
 */
const SHARED = { fresh: 1_024, troubled: 16_384 } as const;
/** There is one for each step of up to 1,024 texts. */
const OWN = { fresh: 32, troubled: 64 } as const;
/** Each reload may bring other settings; steps in force keep their pool. */
const MAX_SETTINGS = 1_024;

/**
 * One guard for each function and each set of equal settings of the steps that call it. The owner of the function: the account in its
 * name, otherwise that of the signing identity if its source names one, otherwise that identity itself. Nothing else is guessed: the
 * first account that appears is not necessarily that of the identity.
 */
export class FunctionGuards {
  readonly #bySettings = new LRUCache<string, GuardPool>({ max: MAX_SETTINGS });
  readonly #byTransport = new WeakMap<TransportOptions, { readonly retry: RetryOptions; readonly pool: GuardPool }>();
  /** The key of a name for the owner that was met last. */
  readonly #keys = new WeakMap<NamedFunction, { readonly owner: string; readonly key: string }>();

  /** The guard of the function that this name means for this identity and these settings. */
  of(named: NamedFunction, { account, identity }: CredentialProvider, settings: Settings): FunctionGuard {
    return this.#poolOf(settings).get(this.#keyOf(named, named.account ?? account ?? identity));
  }

  /** Building a text for each call would cost more than everything else here: mostly there is one owner. */
  #keyOf(named: NamedFunction, owner: string): string {
    const last = this.#keys.get(named);
    if (last?.owner === owner) return last.key;
    const key = `${owner} ${named.functionKey}`;
    this.#keys.set(named, { owner, key });
    return key;
  }

  #poolOf({ transport, retry }: Settings): GuardPool {
    const known = this.#byTransport.get(transport);
    if (known?.retry === retry) return known.pool;
    const pool = transport.isolated === true ? (known?.pool ?? new GuardPool(OWN)) : this.#shared(transport, retry);
    this.#byTransport.set(transport, { retry, pool });
    return pool;
  }

  #shared(transport: TransportOptions, { maxAttempts, idempotent }: RetryOptions): GuardPool {
    const { connectionTimeoutMs, readTimeoutMs, apiCallAttemptTimeoutMs, apiCallTimeoutMs } = transport;
    const { ssl, maxConcurrency, circuitBreaker } = transport;
    const times = [connectionTimeoutMs, readTimeoutMs, apiCallAttemptTimeoutMs || 0, apiCallTimeoutMs || 0];
    const trust = ssl && [
      ssl.trustAll ?? false,
      ssl.trustStoreType,
      ssl.trustStorePath,
      ssl.trustStorePassword,
      ssl.trustStoreContent,
    ];
    const limits = [maxConcurrency, circuitBreaker?.failures, circuitBreaker?.openMs, maxAttempts, idempotent];
    // Hashed: a trust store is long, and its password must not be the key of a map.
    const key = identityKey(JSON.stringify([times, trust, limits]));
    let pool = this.#bySettings.get(key);
    if (pool === undefined) {
      pool = new GuardPool(SHARED);
      this.#bySettings.set(key, pool);
    }
    return pool;
  }
}
