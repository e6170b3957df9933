import { parentPort, workerData } from 'node:worker_threads';
import { documentChanges } from './document-changes.ts';
import type { ThreadFindings, ThreadTask } from './load-in-thread.ts';
import { readPolicies } from './load-policies.ts';
import { PolicyDocumentError } from './problem.ts';
import { SecretStore } from './secrets/index.ts';
import { parseSource } from './source/index.ts';

/** The thread behind `loadPoliciesInThread`: one document, one answer. */
async function findings({ text, fileName, before, allowedSecrets, isServing }: ThreadTask): Promise<ThreadFindings> {
  const secrets = new SecretStore(allowedSecrets, undefined, isServing);
  try {
    const { read, data } = await secrets.load(() => readPolicies(text, fileName, secrets));
    const changes = before === undefined ? undefined : documentChanges(parseSource(before, fileName).data, data);
    return { kind: 'good', read, changes };
  } catch (error) {
    if (error instanceof PolicyDocumentError) return { kind: 'bad', problems: error.problems };
    throw error;
  }
}

parentPort?.postMessage(await findings(workerData as ThreadTask));
