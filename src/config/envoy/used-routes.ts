import type { ApiPolicies } from '../../policy/index.ts';
import type { Route } from './routes.ts';

/** A route on which the filter runs, and the API that the server picks for it. */
export interface UsedRoute {
  readonly route: Route;
  readonly policies: ApiPolicies;
}

/** `API orders`, or the route whose inline policies are meant: for messages, told once for each API. */
export function nameOf({ route, policies }: UsedRoute): string {
  if (!policies.name.startsWith('inline:')) return `API ${policies.name}`;
  return route.name === undefined ? 'a route with inline policies' : `route ${route.name} with inline policies`;
}

export function answersItself(policies: ApiPolicies): boolean {
  return policies.request.some((step) => step.configuration.sendToConsumer !== false);
}
