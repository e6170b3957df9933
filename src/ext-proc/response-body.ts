import { PolicyFailure, type Transaction } from '../policy/index.ts';
import { setHeader } from './header-codec.ts';
import type { MessageMutation } from './replies.ts';

/**
 * A response's mutation made fit for its status and method: 204, 304 and answers to HEAD have no body, whatever a
 * policy put there (CONTINUE_AND_REPLACE with a body on them writes corrupt HTTP).
 */
export function adaptResponse(
  mutation: MessageMutation,
  transaction: Transaction,
  { bodiless, upgraded }: { readonly bodiless: boolean; readonly upgraded: boolean },
): MessageMutation {
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
    return { ...mutation, body: undefined, headers: withHeader(mutation, 'content-length', String(replaced.length)) };
  }
  if (replaced === undefined && !changed) return mutation;
  const { headers } = mutation;
  const bare = {
    set_headers: headers?.set_headers?.filter(({ header }) => header?.key !== 'content-type') ?? [],
    remove_headers: [...(headers?.remove_headers ?? []), 'content-length', 'content-type', 'content-encoding'],
  };
  // The backend's body goes too, where there is one.
  return { ...mutation, headers: bare, body: bodiless || head ? undefined : new Uint8Array() };
}

function withHeader(mutation: MessageMutation, name: string, value: string): MessageMutation['headers'] {
  return {
    set_headers: [...(mutation.headers?.set_headers ?? []), setHeader(name, value)],
    remove_headers: mutation.headers?.remove_headers ?? [],
  };
}
