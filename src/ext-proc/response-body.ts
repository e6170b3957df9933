import { type HeaderChange, PolicyFailure, type Transaction } from '../policy/index.ts';
import type { Mutation } from './wire/index.ts';

/** Headers that describe a body. */
const described: readonly HeaderChange[] = ['content-length', 'content-type', 'content-encoding'].map((name) => ({
  kind: 'remove',
  name,
}));

/**
 * A response's mutation made fit for its status and method: 204, 304 and answers to HEAD have no body, whatever a
 * policy put there (CONTINUE_AND_REPLACE with a body on them writes corrupt HTTP).
 */
export function adaptResponse(
  mutation: Mutation,
  transaction: Transaction,
  { bodiless, upgraded }: { readonly bodiless: boolean; readonly upgraded: boolean },
): Mutation {
  const status = transaction.response?.status ?? 0;
  const replaced = mutation.body;
  const changed = transaction.response?.statusChanged === true;
  // The backend speaks another protocol from here on: told another status, the caller would take its bytes for HTTP.
  if (upgraded && (replaced !== undefined || changed)) {
    const cause = new Error('an upgraded connection has neither body nor status that a policy could replace');
    throw new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause });
  }
  const head = transaction.request?.method === 'HEAD';
  if (status !== 204 && status !== 304) {
    if (!head || replaced === undefined) return mutation;
    const length: HeaderChange = { kind: 'set', name: 'content-length', values: [String(replaced.length)] };
    return { ...mutation, body: undefined, headers: [...mutation.headers, length] };
  }
  if (replaced === undefined && !changed) return mutation;
  const kept = mutation.headers.filter(({ kind, name }) => kind === 'remove' || name !== 'content-type');
  // The backend's body goes too, where there is one.
  return { ...mutation, headers: [...kept, ...described], body: bodiless || head ? undefined : new Uint8Array() };
}
