import { callsLambda, fittingFlows, partsOf, type RoutePlace } from './choose-flows.ts';
import type { ApiDefinition, Flow, Guard, Plan } from './definition.ts';
import { isCarriedPath } from './path-patterns.ts';
import type { Report } from './report.ts';

/** Names that a user accepts to be open, in lower case. */
export type Accepted = ReadonlySet<string>;

export function acceptedNames(names: readonly string[]): Accepted {
  return new Set(names.map((name) => name.trim().toLowerCase()));
}

export function isAccepted({ name }: Guard, accepted: Accepted): boolean {
  return accepted.has(name.toLowerCase());
}

/** The plan whose flows the routes have: one that admitted all callers, otherwise one that was accepted. */
export function choosePlan(plans: readonly Plan[], accepted: Accepted): Plan | undefined {
  return (
    plans.find(({ guard }) => guard === undefined) ??
    plans.find(({ guard }) => guard !== undefined && isAccepted(guard, accepted)) ??
    plans[0]
  );
}

/** Restrictions on all routes. */
export function apiGuards(definition: ApiDefinition, plan: Plan | undefined, flows: readonly Flow[]): readonly Guard[] {
  const paths = flows.flatMap((flow): Guard[] => {
    if (isCarriedPath(flow.selector) || (!callsLambda(flow) && flow.guards.length === 0)) return [];
    const path = `/${flow.selector.segments.join('/')}`;
    const what = `flow ${flow.name}: its path ${path} is a regular expression that Envoy's RE2 does not support`;
    return [{ name: flow.name, what, fields: [flow.field] }];
  });
  return [...definition.guards, ...(plan?.guard === undefined ? [] : [plan.guard]), ...paths];
}

/** Restrictions on one route: the steps that guarded a flow that may run there. */
export function routeGuards(flows: readonly Flow[], place: RoutePlace): readonly Guard[] {
  return fittingFlows(flows, place).flatMap(({ guards }) => guards);
}

/** How many of a route's requests are a 404 because no flow matches. */
export function missing(flows: readonly Flow[], place: RoutePlace): 'none' | 'some' | 'all' {
  const fitting = fittingFlows(flows, place);
  if (fitting.length === 0) return 'all';
  return fitting.some((flow) => partsOf(flow, place).length === 0) ? 'none' : 'some';
}

export function tellGuards(guards: readonly Guard[], accepted: Accepted, report: Report): void {
  for (const guard of guards) {
    const closed = !isAccepted(guard, accepted);
    const { name, what, fields } = guard;
    report.addEntry({ damage: 'opened', what, fields, accept: name, closed });
  }
}
