import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import {
  ResultStore,
  type ResultStoreOptions,
  type StoreEntry,
  type StoreSettings,
  type StoreSource,
} from '../../src/result-store/index.ts';
import { CountedMemory } from './counted-memory.ts';

export const SECRET = 'a secret of the tests, long enough';

export function settingsOf(port: number, more: Partial<StoreSettings> = {}): StoreSettings {
  return {
    host: '127.0.0.1',
    port,
    database: 0,
    username: undefined,
    password: undefined,
    tls: undefined,
    secret: SECRET,
    previousSecret: undefined,
    ...more,
  };
}

export function sourceOf(settings: StoreSettings): StoreSource {
  return { refresh: () => undefined, read: () => settings };
}

/** A store as a process of its own would have it. */
export interface TestStore {
  readonly store: ResultStore;
  readonly memory: CountedMemory;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  get(entry: StoreEntry): Promise<string | undefined>;
  /** Resolves when it is written. */
  put(entry: StoreEntry, text: string | Uint8Array): Promise<void>;
  connected(): Promise<void>;
}

/** A lookup may take long where nobody says otherwise: a test must not fail since its machine is busy. */
export function testStore(
  test: TestContext | undefined,
  settings: StoreSettings | undefined,
  { lookupMs = 20_000, ...options }: Partial<ResultStoreOptions> = {},
): TestStore {
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const store = new ResultStore({ logger, lookupMs, ...options });
  const memory = new CountedMemory();
  if (settings !== undefined) store.follow(sourceOf(settings));
  test?.after(() => store.close());
  return {
    store,
    memory,
    log,
    async get(entry) {
      return (await store.get(entry, String, memory))?.value;
    },
    async put(entry, text) {
      const { stored } = store.writes;
      store.put(entry, [Buffer.from(text)], memory);
      await until(() => store.writes.stored > stored);
    },
    connected: () => until(() => store.isConnected),
  };
}

export const entry = (digest: string, more: Partial<StoreEntry> = {}): StoreEntry => ({
  digest,
  configuration: 'a configuration',
  ttlMs: 60_000,
  ...more,
});

/** Waits for what must come; 20 s at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `never came: ${holds}`);
    await sleep(5);
  }
}
