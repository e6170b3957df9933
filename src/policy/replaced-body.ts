import type { ApiPolicies, PolicyStep } from './api-policies.ts';
import type { Phase } from './phase.ts';

/**
 * Whether the steps of a phase may replace the body: by `mutations.body`, or with the function's
 * answer. In the request phase that answer goes to the caller, not to the backend.
 */
export function mayReplaceBody(policies: ApiPolicies, phase: Phase): boolean {
  return policies[phase].some(
    ({ configuration }) => setsBody(configuration) || (phase === 'response' && sends(configuration)),
  );
}

/** An empty body needs no piece of the old one to replace. */
function setsBody({ mutations: { body }, sendToConsumer }: PolicyStep['configuration']): boolean {
  return body !== undefined && body.constant !== '' && sendToConsumer !== true;
}

function sends({ sendToConsumer }: PolicyStep['configuration']): boolean {
  return sendToConsumer !== false;
}

/** Whether a response's body must be complete, because response steps read or replace it: a part would count as the whole. */
export function needsWholeResponse(policies: ApiPolicies): boolean {
  return (
    policies.needs.responseBody ||
    policies.response.some(({ configuration }) => configuration.mutations.body !== undefined || sends(configuration))
  );
}
