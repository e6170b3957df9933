import { Worker } from 'node:worker_threads';
import type { DocumentChanges } from './document-changes.ts';
import { compileInTurns, type LoadedPolicies, type ReadDocument } from './load-policies.ts';
import { PolicyDocumentError, type Problem } from './problem.ts';
import type { SecretStore } from './secrets/index.ts';

/** What the thread is given. */
export interface ThreadTask {
  readonly text: string;
  readonly fileName: string;
  /** The previous document, to report changes; undefined: changes are not requested. */
  readonly before: string | undefined;
  /** See SecretFrame. */
  readonly allowedSecrets: readonly string[];
  /** See SecretStore. */
  readonly isServing: boolean;
}

/** What it found. */
export type ThreadFindings =
  | { readonly kind: 'good'; readonly read: ReadDocument; readonly changes: DocumentChanges | undefined }
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] };

export interface ReloadedPolicies extends LoadedPolicies {
  /** Since `before`; undefined if not requested. */
  readonly changes: DocumentChanges | undefined;
}

/**
 * As `loadPolicies`, for a process that serves: reading, checking and comparing with `before`, a document that was good, happen in a
 * thread of their own, and compiling here lets requests run in between. Rejects with PolicyDocumentError.
 */
export async function loadPoliciesInThread(
  text: string,
  fileName: string,
  secrets: SecretStore,
  before?: string,
): Promise<ReloadedPolicies> {
  const findings = await findingsOf({
    text,
    fileName,
    before,
    allowedSecrets: secrets.allowed,
    isServing: secrets.isServing,
  });
  if (findings.kind === 'bad') throw new PolicyDocumentError(findings.problems);
  const { read, changes } = findings;
  const loaded = await secrets.load(() => compileInTurns(read, fileName, secrets));
  return { ...loaded, changes };
}

function findingsOf(task: ThreadTask): Promise<ThreadFindings> {
  const file = import.meta.url.endsWith('.ts') ? './loading-thread.ts' : './loading-thread.js';
  // Without its own output and signals; V8's flags of this process apply to its threads anyway.
  const thread = new Worker(new URL(file, import.meta.url), { workerData: task, execArgv: [] });
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the thread that reads policies ended with ${code}`)));
  });
}
