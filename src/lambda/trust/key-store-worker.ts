import { parentPort, workerData } from 'node:worker_threads';
import { readCertificates, type StoreType } from './certificates.ts';

/** The input of the thread. */
export interface KeyStore {
  readonly type: StoreType;
  readonly bytes: Uint8Array;
  readonly password: string;
}

/** Its answer: the certificates as PEM, or why there are none. */
export type KeyStoreAnswer = { readonly certificates: readonly string[] } | { readonly reason: string };

function answer({ type, bytes, password }: KeyStore): KeyStoreAnswer {
  try {
    return { certificates: readCertificates(type, Buffer.from(bytes), password) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(answer(workerData as KeyStore));
