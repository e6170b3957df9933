import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadFindings, ThreadTask } from './load-in-thread.ts';
import { readPolicies } from './load-policies.ts';
import { PolicyDocumentError } from './problem.ts';
import { SecretStore } from './secrets/index.ts';

/** The thread behind `loadPoliciesInThread`: one document, one answer. */
async function findings({ text, fileName, allowedSecrets, isServing }: ThreadTask): Promise<ThreadFindings> {
  const secrets = new SecretStore(allowedSecrets, undefined, isServing);
  try {
    return { kind: 'good', read: await secrets.load(() => readPolicies(text, fileName, secrets)) };
  } catch (error) {
    if (error instanceof PolicyDocumentError) return { kind: 'bad', problems: error.problems };
    throw error;
  }
}

parentPort?.postMessage(await findings(workerData as ThreadTask));
