import { type HeaderChange, needsWholeResponse, PolicyFailure, type Transaction } from '../policy/index.ts';
import { isTunnel } from './body-refusal.ts';
import type { Mutation } from './wire/index.ts';

/**
 * A partial response would count as complete if response steps read or replace it. Removed even if they are not seen:
 * Envoy's forward_rules may hide them. Request steps see them, and may set others.
 */
const rangeHeaders: readonly HeaderChange[] = ['range', 'if-range'].map((name) => ({ kind: 'remove', name }));

/** A request's mutation, adapted to the kind of request and to how its response is used. */
export function adaptRequest(mutation: Mutation, { request, policies }: Transaction): Mutation {
  if (mutation.body !== undefined && request !== undefined && isTunnel(request)) {
    const cause = new Error('an upgraded connection has no body that a policy could replace');
    throw new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause, byCaller: true });
  }
  if (!needsWholeResponse(policies)) return mutation;
  const { headers } = mutation;
  const removed = rangeHeaders.filter(({ name }) => !headers.some((change) => change.name === name));
  return removed.length === 0 ? mutation : { ...mutation, headers: [...headers, ...removed] };
}
