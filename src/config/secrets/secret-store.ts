import { dirname } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Secret, SecretAbsence, SecretRefusal, SecretSource } from '../../expression/index.ts';
import { FileSecret, MAX_SECRET_BYTES } from './file-secret.ts';
import { DEFAULT_SECRETS, SecretFrame } from './secret-frame.ts';
import { hasServiceToken, isTokenPath } from './service-token.ts';

/** Templates keep their own: an evicted entry is only read again. */
const MAX_FILES = 1_024;

/** The secrets that the process may read, for `#secrets` of the document. */
export class SecretStore implements SecretSource {
  readonly allowed: readonly string[];
  readonly isServing: boolean;
  readonly #frame: SecretFrame;
  readonly #now: () => number;
  readonly #files = new LRUCache<string, FileSecret>({ max: MAX_FILES });
  /** Files that a load used though they were not read, or long ago. */
  #stale: Set<FileSecret> | undefined;

  /** `allowed`: see SecretFrame. `isServing`: requests are served with it, so that a secret which is absent is reported. */
  constructor(
    allowed: readonly string[] = DEFAULT_SECRETS,
    now: () => number = () => performance.now(),
    isServing = false,
  ) {
    this.allowed = allowed;
    this.isServing = isServing;
    this.#frame = new SecretFrame(allowed);
    this.#now = now;
  }

  find(scheme: 'env' | 'file', name: string): Secret | SecretRefusal {
    return scheme === 'env' ? this.#variable(name) : this.#file(name);
  }

  /** A variable is not set any more while the process runs, a file may come. */
  absence(secret: Secret): SecretAbsence | undefined {
    if (!this.isServing) return undefined;
    try {
      secret.read();
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { reason, final: !(secret instanceof FileSecret) };
    }
  }

  /** Loads a document, and again after the files that it needs immediately have been read. Throws what `load` throws. */
  async load<T>(load: () => T | Promise<T>): Promise<T> {
    const stale = new Set<FileSecret>();
    this.#stale = stale;
    try {
      const loaded = await load();
      if (stale.size === 0) return loaded;
    } catch (error) {
      if (stale.size === 0) throw error;
    } finally {
      this.#stale = undefined;
    }
    await Promise.all([...stale].map((file) => file.refresh()));
    return await load();
  }

  #variable(name: string): Secret | SecretRefusal {
    if (!this.#frame.allowsVariable(name)) {
      return {
        refused: `the variable ${name} is not permitted for policies: start with --allow-secret env:${name}${REPLACES}`,
      };
    }
    return { read: () => readVariable(name) };
  }

  #file(path: string): Secret | SecretRefusal {
    if (isTokenPath(path)) return { refused: `${path} is a token of a service account, which no policy may read` };
    if (!this.#frame.allowsPath(path)) {
      return {
        refused: `the file ${path} is not permitted for policies: start with --allow-secret file:${dirname(path)}${REPLACES}`,
      };
    }
    let file = this.#files.get(path);
    if (file === undefined) {
      const onStale = (stale: FileSecret): void => void this.#stale?.add(stale);
      file = new FileSecret({ path, directories: this.#frame.directories, now: this.#now, onStale });
      this.#files.set(path, file);
    }
    return file;
  }
}

const REPLACES = ', and also name the other secrets that are read, because the flag replaces the default';

function readVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment has no variable ${name}`);
  if (Buffer.byteLength(value) > MAX_SECRET_BYTES) {
    throw new Error(`the variable ${name} is larger than ${MAX_SECRET_BYTES} bytes`);
  }
  if (hasServiceToken(value)) throw new Error(`the variable ${name} is a token of a service account`);
  return value;
}
