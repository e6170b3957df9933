import type { ApiPolicies } from '../../policy/index.ts';
import type { Filter } from './filters.ts';
import type { Route } from './routes.ts';

/** A route on which the filter runs, and the API that the server picks for it. */
export interface UsedRoute {
  readonly filter: Filter;
  readonly route: Route;
  readonly policies: ApiPolicies;
}

/** `API orders`, or the route of inline policies: for messages, once for each API. */
export function nameOf({ route, policies }: Pick<UsedRoute, 'route' | 'policies'>): string {
  if (!policies.name.startsWith('inline:')) return `API ${policies.name}`;
  return route.name === undefined ? 'a route with inline policies' : `route ${route.name} with inline policies`;
}

/** Whether a request step may answer the caller with its function's result: the response steps run on it. */
export function mayAnswer(policies: ApiPolicies): boolean {
  return policies.request.some((step) => step.configuration.sendToConsumer !== false);
}

/**
 * Whether an API guards its routes: a request step may answer the caller or is an authorizer, so that the function decides who
 * reaches the backend. Settings that let requests bypass such an API are an error instead of a warning.
 */
export function guards(policies: ApiPolicies): boolean {
  return mayAnswer(policies) || authorizes(policies);
}

export function authorizes(policies: ApiPolicies): boolean {
  return policies.request.some((step) => step.authorizer !== undefined);
}

export function readsBodies({ policies: { needs } }: Pick<UsedRoute, 'policies'>): boolean {
  return needs.requestBody || needs.responseBody;
}

/** Warns, or reports an error if one of the routes is guarded. */
export function severityFor(used: readonly UsedRoute[]): 'error' | 'warn' {
  return used.some(({ policies }) => guards(policies)) ? 'error' : 'warn';
}
