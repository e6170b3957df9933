import { isPath } from '../http-syntax.ts';
import { charge, textBytes } from '../memory-account.ts';
import type { MutationTemplates } from './api-policies.ts';
import { RequestMessage } from './message.ts';
import { appliedOf, applyChanges, evaluateAt, evaluateChanges, invalidChange } from './message-changes.ts';
import type { Phase } from './phase.ts';
import type { Transaction } from './transaction.ts';

/** Applies a step's mutations to the message of its phase; if there is an answer, no request continues. */
export function applyMutations(transaction: Transaction, mutations: MutationTemplates, phase: Phase): void {
  if (phase === 'request' && transaction.answered) {
    clearMutations(transaction, mutations, phase);
    return;
  }
  const message = transaction[phase];
  if (message === undefined) return;
  const path = evaluatePath(transaction, mutations);
  const changes = evaluateChanges(transaction, mutations, 'mutations');
  applyChanges(message, changes);
  if (path !== null && message instanceof RequestMessage) message.changePath(path);
  if (mutations.clearRouteCache && phase === 'request') transaction.clearRouteCache = true;
  transaction.runtime.trace?.({ kind: 'mutations', mutations: appliedOf(changes, phase, path) });
}

/**
 * If a step's mutations do not apply, the headers that it would have set are removed: the caller's own must not pass in
 * the policy's name, neither to the backend nor to the functions of later steps.
 */
export function clearMutations(transaction: Transaction, mutations: MutationTemplates, phase: Phase): void {
  const message = transaction[phase];
  for (const [name] of mutations.set) message?.headers.remove(name);
  transaction.runtime.trace?.({ kind: 'cleared', headers: mutations.set.map(([name]) => name) });
}

function evaluatePath(transaction: Transaction, { path }: MutationTemplates): string | null {
  if (path === undefined) return null;
  const text = evaluateAt(transaction, path, 'mutations.path');
  if (text === null) return null;
  if (!isPath(text)) {
    throw invalidChange(
      'mutations.path is not a valid path: it must begin with / and must not have spaces, # or unescaped characters',
      'mutations.path',
    );
  }
  charge(transaction.memory, textBytes(text));
  return text;
}
