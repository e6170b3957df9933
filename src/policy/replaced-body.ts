import type { ApiPolicies, PolicyStep } from './api-policies.ts';
import type { Phase } from './phase.ts';

/**
 * Whether the steps of a phase may put a body in the place of the one that came: by `mutations.body`, or as the function's
 * answer. In the request phase that answer goes to the caller, not on.
 */
export function mayReplaceBody(policies: ApiPolicies, phase: Phase): boolean {
  return policies[phase].some(
    ({ configuration }) => setsBody(configuration) || (phase === 'response' && sends(configuration)),
  );
}

/** An empty one needs no place among the pieces of the old one. */
function setsBody({ mutations: { body }, sendToConsumer }: PolicyStep['configuration']): boolean {
  return body !== undefined && body.constant !== '' && sendToConsumer !== true;
}

function sends({ sendToConsumer }: PolicyStep['configuration']): boolean {
  return sendToConsumer !== false;
}

/** Whether a response's body must come whole, since response steps read or replace it: a part of it would be taken for all. */
export function needsWholeResponse(policies: ApiPolicies): boolean {
  return (
    policies.needs.responseBody ||
    policies.response.some(({ configuration }) => configuration.mutations.body !== undefined || sends(configuration))
  );
}
