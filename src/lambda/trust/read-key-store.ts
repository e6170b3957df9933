import { Worker } from 'node:worker_threads';
import { startTimer } from '../timer.ts';
import type { KeyStore, KeyStoreAnswer } from './key-store-worker.ts';

/** Half a second is what the most that a store may want takes; the rest is for a machine that is busy. */
const MAX_MS = 10_000;
const MAX_HEAP_MB = 128;
/** Beside sources run directly there are sources, beside what was built there is what was built. */
const program = new URL(`./key-store-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

let last: Promise<unknown> = Promise.resolve();

/**
 * The certificates of a PKCS12 or JKS store as PEM. Passwords are hashed thousands of times, by a thread of its own: requests go
 * on meanwhile. One store after the other. Rejects with the reason.
 */
export function readKeyStore(store: KeyStore): Promise<string[]> {
  const read = last.then(() => readInThread(store));
  last = read.catch(() => {});
  return read;
}

async function readInThread(store: KeyStore): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  // Nothing of the process is the thread's: no variables, no flags.
  const worker = new Worker(program, {
    workerData: store,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const cancelTimer = startTimer(MAX_MS, () => reject(new Error(`it was not read within ${MAX_MS / 1000} s`)));
  worker.on('message', (answer: KeyStoreAnswer) => {
    if ('reason' in answer) reject(new Error(answer.reason));
    else resolve([...answer.certificates]);
  });
  worker.on('error', reject);
  worker.on('exit', () => reject(new Error('its reader has ended')));
  try {
    return await promise;
  } finally {
    cancelTimer();
    await worker.terminate();
  }
}
