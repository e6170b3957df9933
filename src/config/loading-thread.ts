import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadFindings, ThreadTask } from './load-in-thread.ts';
import { readPolicies } from './load-policies.ts';
import { PolicyDocumentError } from './problem.ts';

/** The thread behind `loadPoliciesInThread`: one document, one answer. */
function findings({ text, fileName }: ThreadTask): ThreadFindings {
  try {
    return { kind: 'good', read: readPolicies(text, fileName) };
  } catch (error) {
    if (error instanceof PolicyDocumentError) return { kind: 'bad', problems: error.problems };
    throw error;
  }
}

parentPort?.postMessage(findings(workerData as ThreadTask));
