import { LRUCache } from 'lru-cache';
import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';

/** Keys may be made of a caller's data. */
const MAX_KNOWN = 1_024;

/** Keys from the configuration: used as they are. */
export class StaticProvider implements CredentialProvider {
  readonly identity: string;
  readonly account = undefined;
  readonly #credentials: ResolvedCredentials;

  constructor(identity: string, credentials: ResolvedCredentials) {
    this.identity = identity;
    this.#credentials = credentials;
  }

  get(): ResolvedCredentials {
    return this.#credentials;
  }
}

/** The same object for the same keys, also where an expression gives them anew for each request. */
export class StaticKeys {
  readonly #known = new LRUCache<string, StaticProvider>({ max: MAX_KNOWN });

  get(key: string, credentials: ResolvedCredentials): StaticProvider {
    let provider = this.#known.get(key);
    if (provider === undefined) {
      provider = new StaticProvider(key, credentials);
      this.#known.set(key, provider);
    }
    return provider;
  }
}
