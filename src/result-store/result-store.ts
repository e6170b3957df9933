import type { Logger } from 'pino';
import type { MemoryAccount } from '../memory-account.ts';
import { SealedValues, sealedBytes } from './sealed-values.ts';
import { reasonOf, type StoreConnection } from './store-connection.ts';
import { StoreLink } from './store-link.ts';
import {
  lookUp,
  MAX_VALUE_BYTES,
  type StoreAnswer,
  type StoreEntry,
  type StoreHit,
  type StoreQuestion,
  type StoreResult,
} from './store-lookup.ts';
import type { StoreSettings, StoreSource } from './store-settings.ts';
import { withinTime } from './within-time.ts';

type StoreWrite = 'stored' | 'error' | 'skipped';

export interface ResultStoreOptions {
  readonly logger: Logger;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock?: () => number;
  /** Milliseconds of one lookup in total. */
  readonly lookupMs?: number | undefined;
}

/** Less than a function call takes: after a miss, a request has waited hardly longer than without a store. */
const LOOKUP_MS = 20;
/** No request waits for a write. A server that takes longer hangs. */
const WRITE_MS = 2_000;
/** Unanswered commands, and bytes of values that are being written. */
const MAX_PENDING = 256;
const MAX_WRITING_BYTES = 4 * 1024 * 1024;
/** Secrets may be rotated. */
const SETTINGS_MS = 1_000;

/** Results that many processes share through a Redis server, which need not be trusted. No failure of it fails a request. */
export class ResultStore {
  readonly lookups: Record<StoreResult, number> = { hit: 0, miss: 0, rejected: 0, timeout: 0, error: 0, skipped: 0 };
  readonly writes: Record<StoreWrite, number> = { stored: 0, error: 0, skipped: 0 };
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #wallClock: () => number;
  readonly #lookupMs: number;
  #source: StoreSource | undefined;
  #settingsAt = Number.NEGATIVE_INFINITY;
  #link: StoreLink | undefined;
  #current: SealedValues | undefined;
  #previous: SealedValues | undefined;
  #problem: string | undefined;
  #pending = 0;
  #writingBytes = 0;

  constructor({
    logger,
    now = () => performance.now(),
    wallClock = Date.now,
    lookupMs = LOOKUP_MS,
  }: ResultStoreOptions) {
    this.#logger = logger;
    this.#now = now;
    this.#wallClock = wallClock;
    this.#lookupMs = lookupMs;
  }

  /** Whether the policies in force have a store. */
  get isConfigured(): boolean {
    return this.#source !== undefined;
  }

  get isConnected(): boolean {
    return this.#link?.connection !== undefined;
  }

  /** The settings of the policies in force. An unchanged store keeps its connection. */
  follow(source: StoreSource | undefined): void {
    if (source === this.#source) return;
    this.#source = source;
    this.#settingsAt = Number.NEGATIVE_INFINITY;
    if (source === undefined) this.#use(undefined);
    // Its reason says what cannot be read.
    else void this.#refresh(source);
  }

  close(): void {
    this.#source = undefined;
    this.#use(undefined);
  }

  /**
   * `decode` converts the bytes, or returns undefined if they are invalid. Undefined if the value is missing, or not in
   * time. Bytes that are read are charged to `memory` meanwhile. Never rejects.
   */
  async get<T>(
    entry: StoreEntry,
    decode: (bytes: Buffer) => T | undefined,
    memory: MemoryAccount,
  ): Promise<StoreHit<T> | undefined> {
    const source = this.#source;
    if (source === undefined) return undefined;
    const lookup = new Lookup(memory);
    const end = this.#now() + this.#lookupMs;
    const isCurrent = await withinTime(this.#refresh(source), this.#lookupMs);
    const { connection } = this.#link ?? {};
    let answer: StoreAnswer<T> = { result: 'skipped' };
    if (isCurrent && connection !== undefined) {
      const question = {
        entry,
        read: (name: string, bytes: number) => this.#count(connection.read(name, bytes)),
        memory: lookup,
        decode: (bytes: Buffer) => (lookup.isOver ? undefined : decode(bytes)),
        wallClock: this.#wallClock,
      };
      const left = Math.max(0, end - this.#now());
      answer = (await withinTime(this.#ask(question), left)) ?? { result: 'timeout' };
      this.#judge(connection, answer);
    }
    lookup.end();
    this.lookups[answer.result]++;
    return answer.hit;
  }

  /** `pieces`: one byte string. No request waits for it. Bytes that are written are charged to `memory` meanwhile. */
  put(entry: StoreEntry, pieces: readonly Uint8Array[], memory: MemoryAccount): void {
    if (this.#source === undefined) return;
    const { connection } = this.#link ?? {};
    const sealed = this.#current;
    const size = sealedBytes(pieces);
    const hasRoom = this.#pending < MAX_PENDING && this.#writingBytes + size <= MAX_WRITING_BYTES;
    if (connection === undefined || sealed === undefined || size > MAX_VALUE_BYTES || !hasRoom || !memory.take(size)) {
      this.writes.skipped++;
      return;
    }
    this.#writingBytes += size;
    const value = sealed.seal(entry, pieces, this.#wallClock() + entry.ttlMs);
    const written = this.#count(connection.write(sealed.nameOf(entry), value, entry.ttlMs)).then(
      () => 'stored' as const,
      (error: unknown) => {
        this.#logger.debug({ reason: reasonOf(error) }, 'a result was not written to the result store');
        return 'error' as const;
      },
    );
    void withinTime(written, WRITE_MS).then((result) => {
      if (result === undefined) connection.end(`a write took more than ${WRITE_MS} ms`);
    });
    void written.then((result) => {
      this.writes[result]++;
      this.#writingBytes -= size;
      memory.give(size);
    });
  }

  /** For a call that must not be looked up, e.g. one whose identity is not known. */
  skip(): void {
    if (this.#source !== undefined) this.lookups.skipped++;
  }

  async #ask<T>(question: StoreQuestion<T>): Promise<StoreAnswer<T>> {
    const sealed = [this.#current, this.#previous].filter((values) => values !== undefined);
    if (this.#pending + sealed.length > MAX_PENDING) return { result: 'skipped' };
    // Both at once: while a secret is changed a question after the other would take twice the time.
    const answers = await Promise.all(sealed.map((values) => lookUp(values, question)));
    const first = (result: StoreResult) => answers.find((answer) => answer.result === result);
    return first('hit') ?? first('rejected') ?? first('error') ?? first('skipped') ?? { result: 'miss' };
  }

  #judge<T>(connection: StoreConnection, { result, reason }: StoreAnswer<T>): void {
    if (result === 'timeout') this.#link?.failed(connection, `no answer within ${this.#lookupMs} ms`);
    else if (result === 'error') this.#link?.failed(connection, reason ?? 'an error');
    else if (result !== 'skipped') this.#link?.worked();
  }

  /** Waits for no answer that has come too late, but counts it until it is there. */
  async #count<V>(command: Promise<V>): Promise<V> {
    this.#pending++;
    try {
      return await command;
    } finally {
      this.#pending--;
    }
  }

  /** Brings the settings up to date; true when it is done. Never rejects. */
  async #refresh(source: StoreSource): Promise<true> {
    if (this.#now() - this.#settingsAt < SETTINGS_MS) return true;
    const refreshing = source.refresh();
    if (refreshing !== undefined) await refreshing;
    if (source !== this.#source || this.#now() - this.#settingsAt < SETTINGS_MS) return true;
    this.#settingsAt = this.#now();
    try {
      this.#use(source.read());
      this.#problem = undefined;
    } catch (error) {
      this.#use(undefined);
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#problem) {
        this.#logger.error({ reason: problem }, 'the result store cannot be used: functions are called instead');
      }
      this.#problem = problem;
    }
    return true;
  }

  #use(settings: StoreSettings | undefined): void {
    const before = this.#link?.settings;
    if (settings === undefined) {
      this.#link?.close();
      this.#link = this.#current = this.#previous = undefined;
      return;
    }
    if (JSON.stringify(before) === JSON.stringify(settings)) return;
    this.#link?.close();
    const { secret, previousSecret } = settings;
    this.#current = new SealedValues(secret);
    this.#previous = previousSecret === undefined ? undefined : new SealedValues(previousSecret);
    this.#link = new StoreLink({ settings, logger: this.#logger, now: this.#now });
  }
}

/** What one lookup takes of an account. It gives all back when it is over, and takes nothing after that. */
class Lookup {
  readonly #memory: MemoryAccount;
  #held = 0;
  isOver = false;

  constructor(memory: MemoryAccount) {
    this.#memory = memory;
  }

  take(bytes: number): boolean {
    if (this.isOver || !this.#memory.take(bytes)) return false;
    this.#held += bytes;
    return true;
  }

  end(): void {
    this.isOver = true;
    this.#memory.give(this.#held);
  }
}
