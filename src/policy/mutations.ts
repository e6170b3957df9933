import type { BodyTemplate, CompiledTemplate } from '../expression/index.ts';
import { isHeaderValue, isPath, readStatus } from '../http-syntax.ts';
import { charge, textBytes } from '../memory-account.ts';
import type { MutationTemplates } from './api-policies.ts';
import type { Message, RequestMessage, ResponseMessage } from './message.ts';
import type { Phase } from './phase.ts';
import { PolicyFailure, variableFailure } from './policy-failure.ts';
import type { Transaction } from './transaction.ts';

/** Applies a policy's mutations to the message of its phase, or to the answer where sendToConsumer took effect. */
export function applyMutations(transaction: Transaction, mutations: MutationTemplates, target: Phase): void {
  const message = transaction[target];
  if (message === undefined) return;
  const evaluate = (template: BodyTemplate, place: string): string | null => {
    if (template.constant !== undefined) return template.constant;
    try {
      return template.evaluate(transaction);
    } catch (error) {
      throw variableFailure(place, error);
    }
  };
  // All values first: a mutation that fails leaves the message as it was.
  const set = mutations.set.map(([name, template]) => {
    const place = `mutations.headers.set.${name}`;
    return [name, headerValue(template === undefined ? null : evaluate(template, place), place)] as const;
  });
  const append = mutations.append.map(([name, template]) => {
    const place = `mutations.headers.append.${name}`;
    return [name, headerValue(evaluate(template, place), place)] as const;
  });
  const body = mutations.body === undefined ? null : evaluate(mutations.body, 'mutations.body');
  const path = mutations.path === undefined ? null : evaluate(mutations.path, 'mutations.path');
  const status = statusValue(mutations.status, evaluate);
  if (path !== null) checkPath(path);
  const kept = [...set, ...append].reduce((sum, [, value]) => sum + textBytes(value ?? ''), textBytes(path ?? ''));
  const bodyBytes = body === null ? 0 : Buffer.byteLength(body);
  charge(transaction.memory, kept + bodyBytes);

  if (body !== null) {
    message.replaceBody(Buffer.from(body), bodyBytes);
    if (mutations.contentType !== undefined) message.headers.set('content-type', mutations.contentType);
  }
  for (const name of mutations.remove) message.headers.remove(name);
  for (const [name, value] of set) {
    if (value === null) message.headers.remove(name);
    else message.headers.set(name, value);
  }
  for (const [name, value] of append) if (value !== null) message.headers.append(name, value);
  if (path !== null && target === 'request') (message as RequestMessage).changePath(path);
  if (status !== undefined && target === 'response') (message as ResponseMessage).changeStatus(status);
  if (mutations.clearRouteCache && target === 'request') transaction.clearRouteCache = true;
  transaction.runtime.trace?.({
    kind: 'mutations',
    mutations: { target, set, append, remove: mutations.remove, body, path, status },
  });
}

/** A skipped policy's headers are removed: a caller's own must not pass in the policy's name. */
export function clearMutations(transaction: Transaction, mutations: MutationTemplates, phase: Phase): void {
  const message: Message | undefined = transaction[phase];
  for (const [name] of mutations.set) message?.headers.remove(name);
  transaction.runtime.trace?.({ kind: 'cleared', headers: mutations.set.map(([name]) => name) });
}

function headerValue(text: string | null, place: string): string | null {
  if (text === null || isHeaderValue(text)) return text;
  throw invalid(`${place} has a control character`);
}

function statusValue(
  status: MutationTemplates['status'],
  evaluate: (template: CompiledTemplate, place: string) => string | null,
): number | undefined {
  if (status === undefined || typeof status === 'number') return status;
  const text = evaluate(status, 'mutations.status');
  if (text === null) return undefined;
  const value = readStatus(text);
  if (value === undefined) throw invalid('mutations.status is no status from 200 to 599');
  return value;
}

function checkPath(path: string): void {
  if (!isPath(path)) {
    throw invalid(
      'mutations.path is no path: it must begin with / and have neither spaces, # nor unescaped characters',
    );
  }
}

function invalid(details: string): PolicyFailure {
  return new PolicyFailure('AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION', { details, cause: new Error(details) });
}
