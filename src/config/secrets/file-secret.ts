import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import type { Secret } from '../../expression/index.ts';
import { isInside } from './secret-frame.ts';
import { hasServiceToken, isTokenPath, leadsToTokens } from './service-token.ts';

export const MAX_SECRET_BYTES = 64 * 1024;
/** How long a file counts as read: a rotated secret is used soon, and no request waits for a disk twice. */
const KEPT_MS = 1_000;

export interface FileSecretOptions {
  readonly path: string;
  /** Where the file must really be. */
  readonly directories: readonly string[];
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Told when a text is used that is older than it may be. */
  readonly onStale: (secret: FileSecret) => void;
}

/** A secret in a file, read off the event loop and kept for a second. */
export class FileSecret implements Secret {
  readonly #options: FileSecretOptions;
  #readAt = Number.NEGATIVE_INFINITY;
  #outcome: { readonly text: string } | { readonly problem: string } = { problem: 'it was not read yet' };
  #reading: Promise<void> | undefined;

  constructor(options: FileSecretOptions) {
    this.#options = options;
  }

  read(): string {
    if (this.#isStale) this.#options.onStale(this);
    const outcome = this.#outcome;
    if ('text' in outcome) return outcome.text;
    throw new Error(`the secret's file ${this.#options.path} cannot be read (${outcome.problem})`);
  }

  refresh(): Promise<void> | undefined {
    if (!this.#isStale) return undefined;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  get #isStale(): boolean {
    return this.#options.now() - this.#readAt >= KEPT_MS;
  }

  async #read(): Promise<void> {
    const { path, directories, now } = this.#options;
    try {
      this.#outcome = { text: await readSecret(path, directories) };
    } catch (error) {
      this.#outcome = { problem: problemOf(error) };
    }
    this.#readAt = now();
  }
}

async function readSecret(path: string, directories: readonly string[]): Promise<string> {
  const real = await realpath(path);
  const roots = await Promise.all(directories.map((directory) => realpath(directory).catch(() => undefined)));
  if (!roots.some((root) => root !== undefined && isInside(real, root))) {
    throw new Error('it is outside the directories of --allow-secret');
  }
  if (isTokenPath(path) || isTokenPath(real) || (await leadsToTokens(real))) throw new Error(TOKEN);
  // A link that has replaced the file is not followed, and a FIFO does not block.
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error('not a regular file');
    const text = (await readBounded(file)).toString('utf8');
    if (hasServiceToken(text)) throw new Error(TOKEN);
    // One line break at the end is the editor's.
    return text.replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}

const TOKEN = 'it is a token of a service account, which no policy may read';

async function readBounded(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(MAX_SECRET_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw new Error(`it is larger than ${MAX_SECRET_BYTES} bytes`);
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
