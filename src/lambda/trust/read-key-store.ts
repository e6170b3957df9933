import { Worker } from 'node:worker_threads';
import { startTimer } from '../timer.ts';
import type { KeyStore, KeyStoreAnswer } from './key-store-worker.ts';

/** The maximum that a store may require takes half a second; the rest is for a busy machine. */
const MAX_MS = 10_000;
const MAX_HEAP_MB = 128;
/** The worker's file has the same extension as this one: `.ts` in sources, `.js` in a build. */
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
  // The thread inherits nothing of the process: no variables, no flags.
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
  worker.on('exit', () => reject(new Error('the worker that reads it has ended')));
  try {
    return await promise;
  } finally {
    cancelTimer();
    await worker.terminate();
  }
}
