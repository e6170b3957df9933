import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import type { SslOptions } from '../types.ts';
import { readCertificates } from './certificates.ts';

/** What a trust store adds to a TLS connection. */
export interface Trust {
  /** PEM certificates that are trusted instead of the usual authorities. */
  readonly ca?: string[] | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

const trustAll: Trust = Object.freeze({ rejectUnauthorized: false });
const usual: Trust = Object.freeze({});

/** All public authorities together are 250 KB. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A store that cannot be used is not opened again by every request: a key store costs 100 ms. */
const FAILURE_MS = 5_000;
const MAX_KNOWN = 128;

interface Failure {
  readonly error: Error;
  readonly until: number;
}

/**
 * Trust stores of the process, each read once: a configuration that is loaded again brings new objects, and they get the
 * same trust, and with it the same connections, where the store has not changed.
 */
export class TrustStores {
  readonly #now: () => number;
  readonly #known = new WeakMap<SslOptions, Trust>();
  readonly #failed = new WeakMap<SslOptions, Failure>();
  readonly #byContent = new LRUCache<string, Trust>({ max: MAX_KNOWN });

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** trustAll wins; content wins over a path. Throws an Error that names the trust store. */
  for(ssl: SslOptions): Trust {
    const known = this.#known.get(ssl);
    if (known !== undefined) return known;
    const failed = this.#failed.get(ssl);
    if (failed !== undefined && this.#now() < failed.until) throw failed.error;
    try {
      const trust = this.#load(ssl);
      this.#known.set(ssl, trust);
      return trust;
    } catch (error) {
      const named = new Error(`${nameOf(ssl)} cannot be used: ${error instanceof Error ? error.message : error}`);
      this.#failed.set(ssl, { error: named, until: this.#now() + FAILURE_MS });
      throw named;
    }
  }

  #load(ssl: SslOptions): Trust {
    if (ssl.trustAll === true) return trustAll;
    const { trustStoreType: type = 'PEM', trustStorePassword: password = '' } = ssl;
    const bytes = readBytes(ssl, type === 'PEM' ? 'latin1' : 'base64');
    if (bytes === undefined) return usual;
    const key = hash('sha256', Buffer.concat([bytes, Buffer.from(`\n${type} ${password}`)]), 'base64');
    let trust = this.#byContent.get(key);
    if (trust === undefined) {
      trust = Object.freeze({ ca: readCertificates(type, bytes, password) });
      this.#byContent.set(key, trust);
    }
    return trust;
  }
}

function readBytes(
  { trustStoreContent: content, trustStorePath: path }: SslOptions,
  encoding: 'latin1' | 'base64',
): Buffer | undefined {
  if (content) {
    if (encoding === 'base64' && !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(content)) throw new Error('it is not base64');
    return Buffer.from(content, encoding);
  }
  if (!path) return undefined;
  const stat = statSync(path);
  // A FIFO would be waited for, with everything else.
  if (!stat.isFile()) throw new Error('it is no regular file');
  if (stat.size > MAX_BYTES) throw new Error(`the file is larger than ${MAX_BYTES} bytes`);
  return readFileSync(path);
}

function nameOf({
  trustStoreType: type = 'PEM',
  trustStoreContent: content,
  trustStorePath: path,
}: SslOptions): string {
  return content ? `the ${type} trust store in trustStoreContent` : `the ${type} trust store ${path}`;
}
