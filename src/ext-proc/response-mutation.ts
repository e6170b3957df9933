import { hasNoBody } from '../http-syntax.ts';
import { type HeaderChange, PolicyFailure, type Transaction } from '../policy/index.ts';
import type { Mutation } from './wire/index.ts';

/** Headers that describe a body. */
const described: readonly HeaderChange[] = ['content-length', 'content-type', 'content-encoding', 'trailer'].map(
  (name) => ({
    kind: 'remove',
    name,
  }),
);

/** The response as it came. */
export interface ReceivedResponse {
  readonly bodiless: boolean;
  /** The backend speaks another protocol from here on. */
  readonly upgraded: boolean;
}

/**
 * A response's mutation, adapted to its status and method: 204, 205, 304 and answers to HEAD have no body, whatever a
 * policy put there (CONTINUE_AND_REPLACE with a body on them writes corrupt HTTP).
 */
export function adaptResponse(
  mutation: Mutation,
  transaction: Transaction,
  { bodiless, upgraded }: ReceivedResponse,
): Mutation {
  const { request, response } = transaction;
  const status = response?.status ?? 0;
  const replaced = mutation.body;
  const changed = response?.statusChanged === true;
  // With another status the caller would read the backend's bytes as HTTP.
  if (upgraded && (replaced !== undefined || changed)) {
    throw refused('an upgraded connection has neither body nor status that a policy could replace');
  }
  if (changed && status < 300 && request?.opensTunnel) {
    throw refused(`a status of ${status} would tell the caller that its tunnel is open`);
  }
  const method = request?.method ?? '';
  // It may be a HEAD, 204 or 304, which only the hidden headers would show.
  if (bodiless && (status === 0 || method === '') && replaced !== undefined && replaced.length > 0) {
    throw refused('Envoy hides :status or :method (forward_rules), and this answer may be one that has no body');
  }
  const head = method === 'HEAD';
  if (!hasNoBody(status)) {
    if (!head || replaced === undefined) return mutation;
    const length: HeaderChange = { kind: 'set', name: 'content-length', values: [String(replaced.length)] };
    return { ...mutation, body: undefined, headers: [...mutation.headers, length] };
  }
  if (replaced === undefined && !changed) return mutation;
  const kept = mutation.headers.filter(({ kind, name }) => kind === 'remove' || name !== 'content-type');
  // The backend's body is removed too, if there is one.
  return { ...mutation, headers: [...kept, ...described], body: bodiless || head ? undefined : new Uint8Array() };
}

function refused(reason: string): PolicyFailure {
  return new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause: new Error(reason) });
}
