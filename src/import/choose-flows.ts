import { methodCondition, noneOf, readCondition } from './conditions.ts';
import type { ApiDefinition, Flow, Selector } from './definition.ts';
import { isCarriedPath, isPattern, pathCondition } from './path-patterns.ts';
import type { Report } from './report.ts';
import { areDisjoint, compareMatch, isWithin, methodsWithin, pathWithin } from './selectors.ts';

/** The requests of one route: those of its selector that no earlier route matches. */
export interface RoutePlace {
  readonly selector: Selector;
  readonly contextPath: string;
  readonly earlier: readonly Selector[];
}

export interface ChosenFlow {
  readonly flow: Flow;
  /** Conditions beyond those of the route. */
  readonly parts: readonly string[];
}

export function callsLambda(flow: Flow): boolean {
  return flow.request.length + flow.response.length > 0;
}

/** Without the flows that the gateway never ran, and those whose paths Envoy cannot match. */
export function runnableFlows(flows: readonly Flow[], report: Report): readonly Flow[] {
  return flows.filter((flow) => {
    const condition = readCondition(flow.condition);
    if (condition.kind === 'never') {
      const what = `flow ${flow.name} is not imported: the gateway never ran it, because ${condition.why}`;
      report.add('changed', what, flow.field);
      return false;
    }
    return isCarriedPath(flow.selector);
  });
}

/** Those that may run for a request of the route. */
export function fittingFlows(flows: readonly Flow[], { selector, earlier }: RoutePlace): readonly Flow[] {
  return flows.filter((flow) => {
    return !areDisjoint(flow.selector, selector) && !earlier.some((other) => isWithin(flow.selector, other));
  });
}

/** The flows that call Lambda, each with the condition under which the gateway chooses it. */
export function chooseFlows(
  flows: readonly Flow[],
  mode: ApiDefinition['flowMode'],
  place: RoutePlace,
): readonly ChosenFlow[] {
  const all = fittingFlows(flows, place).map((flow) => ({ flow, parts: partsOf(flow, place) }));
  if (mode === 'DEFAULT') return all.filter(({ flow }) => callsLambda(flow));
  const ranked = all.toSorted((a, b) => compareMatch(a.flow.selector, b.flow.selector));
  return all.flatMap((entry) => {
    if (!callsLambda(entry.flow)) return [];
    const better = ranked.slice(0, ranked.indexOf(entry)).filter(({ flow }) => {
      return !areDisjoint(flow.selector, entry.flow.selector);
    });
    // A better flow that matches every request of the route leaves none for this one.
    if (better.some(({ parts }) => parts.length === 0)) return [];
    const exclusions = better.map(({ parts }) => noneOf(parts));
    return [{ flow: entry.flow, parts: [...entry.parts, ...exclusions] }];
  });
}

/** Empty: the flow is for every request of the route. */
export function partsOf(flow: Flow, { selector: route, contextPath }: RoutePlace): readonly string[] {
  const { selector } = flow;
  const parts: string[] = [];
  if (!isWithin(route, selector)) {
    if (!pathWithin(route, selector)) parts.push(pathCondition(selector, contextPath));
    if (!methodsWithin(route.methods, selector.methods)) parts.push(methodCondition(selector.methods));
  }
  const condition = readCondition(flow.condition);
  if (condition.kind === 'expression') parts.push(condition.bare);
  return parts;
}

/**
 * STARTS_WITH `/items` also matches `/itemsx`, but then the gateway counts the segment as not matched when it looks for the
 * closest flow. Here a flow that matches counts as matched.
 */
export function tellPartialSegments(flows: readonly Flow[], report: Report): void {
  const open = flows.find(({ selector: { operator, segments } }) => {
    const last = segments.at(-1);
    return operator === 'STARTS_WITH' && last !== undefined && !isPattern(last);
  });
  if (open === undefined || flows.length < 2) return;
  const path = `/${open.selector.segments.join('/')}`;
  const what = `the order of BEST_MATCH for paths such as ${path}x: flow ${open.name} (${path}) counts as closest for them too`;
  report.add('changed', what, open.field);
}
