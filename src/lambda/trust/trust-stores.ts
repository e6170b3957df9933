import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import type { SslOptions } from '../types.ts';
import { readCertificates, type StoreType } from './certificates.ts';
import { readKeyStore } from './read-key-store.ts';

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
 * Trust stores of the process, each read once, off the event loop: a configuration that is loaded again brings new objects, and
 * they get the same trust, and with it the same connections, where the store has not changed.
 */
export class TrustStores {
  readonly #now: () => number;
  /** For stores that are being read, their promise: further requests wait for it. */
  readonly #known = new WeakMap<SslOptions, Trust | Promise<Trust>>();
  readonly #failed = new WeakMap<SslOptions, Failure>();
  readonly #byContent = new LRUCache<string, Trust | Promise<Trust>>({ max: MAX_KNOWN });

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** trustAll wins; content wins over a path. Rejects with an Error that names the trust store. */
  for(ssl: SslOptions): Trust | Promise<Trust> {
    const known = this.#known.get(ssl);
    if (known !== undefined) return known;
    const failed = this.#failed.get(ssl);
    if (failed !== undefined && this.#now() < failed.until) return Promise.reject(failed.error);
    const loading = this.#load(ssl).then(
      (trust) => {
        this.#known.set(ssl, trust);
        return trust;
      },
      (error: unknown) => {
        this.#known.delete(ssl);
        const named = new Error(`${nameOf(ssl)} cannot be used: ${error instanceof Error ? error.message : error}`);
        this.#failed.set(ssl, { error: named, until: this.#now() + FAILURE_MS });
        throw named;
      },
    );
    this.#known.set(ssl, loading);
    return loading;
  }

  async #load(ssl: SslOptions): Promise<Trust> {
    if (ssl.trustAll === true) return trustAll;
    const { trustStoreType: type = 'PEM', trustStorePassword: password = '' } = ssl;
    const bytes = await readBytes(ssl, type === 'PEM' ? 'latin1' : 'base64');
    if (bytes === undefined) return usual;
    const key = hash('sha256', Buffer.concat([bytes, Buffer.from(`\n${type} ${password}`)]), 'base64');
    const found = this.#byContent.get(key);
    if (found !== undefined) return found;
    const loading = trustIn(type, bytes, password);
    this.#byContent.set(key, loading);
    try {
      const trust = await loading;
      this.#byContent.set(key, trust);
      return trust;
    } catch (error) {
      this.#byContent.delete(key);
      throw error;
    }
  }
}

async function trustIn(type: StoreType, bytes: Buffer, password: string): Promise<Trust> {
  const ca = type === 'PEM' ? readCertificates(type, bytes, password) : await readKeyStore({ type, bytes, password });
  return Object.freeze({ ca });
}

async function readBytes(
  { trustStoreContent: content, trustStorePath: path }: SslOptions,
  encoding: 'latin1' | 'base64',
): Promise<Buffer | undefined> {
  if (content) {
    if (encoding === 'base64' && !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(content)) throw new Error('it is not base64');
    return Buffer.from(content, encoding);
  }
  if (!path) return undefined;
  const found = await stat(path);
  // A FIFO would be waited for without end.
  if (!found.isFile()) throw new Error('it is not a regular file');
  if (found.size > MAX_BYTES) throw new Error(`the file is larger than ${MAX_BYTES} bytes`);
  return readFile(path);
}

function nameOf({
  trustStoreType: type = 'PEM',
  trustStoreContent: content,
  trustStorePath: path,
}: SslOptions): string {
  return content ? `the ${type} trust store in trustStoreContent` : `the ${type} trust store ${path}`;
}
