import type { HeaderChange, Message, Transaction } from '../policy/index.ts';
import type { Mutation, Side } from './wire/index.ts';

/** Of a stream without an API. */
export const unchanged: Mutation = {
  path: undefined,
  status: undefined,
  headers: [],
  body: undefined,
  clearRouteCache: false,
};

/** What a transaction's policies did to one message. */
export function mutationOf(transaction: Transaction, side: Side): Mutation {
  const { request, response } = transaction;
  const message = transaction[side];
  const body = message?.replacement;
  const changes = message === undefined ? [] : changesOf(message, body !== undefined);
  return {
    path: side === 'request' && request?.pathChanged ? request.uri : undefined,
    status: side === 'response' && response?.statusChanged ? response.status : undefined,
    headers: body === undefined ? changes : changes.filter(({ name }) => name !== 'content-length'),
    body,
    clearRouteCache: side === 'request' && transaction.clearRouteCache,
  };
}

/** Headers that describe a replaced body are removed even if they were not seen: Envoy's forward_rules may hide them. */
function changesOf({ headers, bodyHeaders }: Message, replaced: boolean): readonly HeaderChange[] {
  const changes = headers.changes();
  if (!replaced) return changes;
  const unseen = bodyHeaders.filter(
    (name) => headers.values(name) === undefined && !changes.some((change) => change.name === name),
  );
  return [...changes, ...unseen.map((name): HeaderChange => ({ kind: 'remove', name }))];
}
