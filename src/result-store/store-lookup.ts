import type { MemoryAccount } from '../memory-account.ts';
import { type SealedFor, type SealedValues, sealedLength } from './sealed-values.ts';
import { isWrongType, reasonOf } from './store-connection.ts';

/** One result. */
export interface StoreEntry extends SealedFor {
  /** For how long it is kept from when it was made. */
  readonly ttlMs: number;
}

/**
 * `rejected`: a value that was not sealed for its place, that has expired, or that is not a result. `skipped`: the store was not
 * asked, since there is no connection, or no room.
 */
export type StoreResult = 'hit' | 'miss' | 'rejected' | 'timeout' | 'error' | 'skipped';

export interface StoreHit<T> {
  readonly value: T;
  /** For how long it may still be kept. */
  readonly ttlMs: number;
}

export interface StoreAnswer<T> {
  readonly result: StoreResult;
  readonly hit?: StoreHit<T>;
  /** Of an error. */
  readonly reason?: string;
}

/** One question for a value. */
export interface StoreQuestion<T> {
  readonly entry: StoreEntry;
  /** The first bytes of the text at a name. */
  readonly read: (name: string, bytes: number) => Promise<Buffer>;
  /** For what is read. */
  readonly memory: Pick<MemoryAccount, 'take'>;
  /** Converts the bytes; undefined: they are not valid. */
  readonly decode: (bytes: Buffer) => T | undefined;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** Larger values are neither written nor read. */
export const MAX_VALUE_BYTES = 1024 * 1024;
/** Most results fit in it: then one command is enough. */
const FIRST_BYTES = 16 * 1024;
/** How much the clocks of sidecars may differ: a value with a longer life was not made under this configuration. */
const CLOCK_MS = 5_000;

/** The server's value under the name of one secret. Never reads more than the maximum size of a result. Never rejects. */
export async function lookUp<T>(
  values: SealedValues,
  { entry, read, memory, decode, wallClock }: StoreQuestion<T>,
): Promise<StoreAnswer<T>> {
  const name = values.nameOf(entry);
  try {
    if (!memory.take(FIRST_BYTES)) return { result: 'skipped' };
    let value = await read(name, FIRST_BYTES);
    if (value.byteLength === 0) return { result: 'miss' };
    const length = sealedLength(value);
    if (length === undefined || length > MAX_VALUE_BYTES) return { result: 'rejected' };
    if (length >= FIRST_BYTES) {
      if (!memory.take(length)) return { result: 'skipped' };
      // Read it all again, since it may have changed, and one byte more, which must not exist.
      value = await read(name, length + 1);
    }
    const opened = values.open(entry, value);
    const ttlMs = (opened?.expiresAt ?? 0) - wallClock();
    if (opened === undefined || ttlMs <= 0 || ttlMs > entry.ttlMs + CLOCK_MS) return { result: 'rejected' };
    const decoded = decode(opened.bytes);
    if (decoded === undefined) return { result: 'rejected' };
    return { result: 'hit', hit: { value: decoded, ttlMs: Math.min(ttlMs, entry.ttlMs) } };
  } catch (error) {
    return isWrongType(error) ? { result: 'rejected' } : { result: 'error', reason: reasonOf(error) };
  }
}
