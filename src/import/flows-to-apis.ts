import { allOf, bareCondition, methodCondition, noneOf, pathCondition } from './conditions.ts';
import type { ApiDefinition, Flow, Plan, Selector, Step } from './definition.ts';
import type { Notes } from './notes.ts';
import {
  areDisjoint,
  compareMatch,
  compareRoutes,
  isParameter,
  isWithin,
  methodsWithin,
  pathWithin,
  sameSelector,
} from './selectors.ts';

/** A step whose condition holds everything that its flow asks for beyond the route. */
export interface ImportedStep {
  readonly step: Step;
  readonly condition: string | undefined;
}

export interface ImportedApi {
  readonly name: string;
  readonly request: readonly ImportedStep[];
  readonly response: readonly ImportedStep[];
}

export interface ImportedRoute {
  readonly name: string;
  readonly contextPath: string;
  readonly host: string | undefined;
  readonly selector: Selector;
  /** Undefined: no flow with a Lambda policy can fit. */
  readonly api: string | undefined;
}

export interface Imported {
  readonly apis: readonly ImportedApi[];
  readonly routes: readonly ImportedRoute[];
}

const everything: Selector = { operator: 'STARTS_WITH', segments: [], methods: [] };

/**
 * Routes for the selectors of the flows, each with an API of the flows that fit it. A flow that fits only some requests
 * of a route becomes a condition, so that the result does not depend on how the routes were cut.
 */
export function flowsToApis(definition: ApiDefinition, notes: Notes): Imported {
  const [plan, ...others] = choosePlans(definition.plans);
  for (const other of others) {
    if (other.flows.some(callsLambda)) {
      notes.add(
        `which plan a caller has: the routes have the flows of plan ${plan?.name}; those of plan ${other.name} are in policies.yaml, without routes`,
      );
    }
  }
  if (definition.flowMode === 'BEST_MATCH') notePartialSegments([...(plan?.flows ?? []), ...definition.flows], notes);
  const apis = new ApiTable();
  const base = slug(definition.name);
  const routes = definition.entrypoints.flatMap(({ host, contextPath }, index) => {
    const prefix = index === 0 ? base : `${base}-${slug(host ?? contextPath)}`;
    return routeSelectors(definition, plan).map((selector, position, selectors): ImportedRoute => {
      const place = { selector, contextPath, earlier: selectors.slice(0, position) };
      const name = [prefix, selectorName(selector)].filter((part) => part !== '').join('-');
      const api = apis.add(name, apiOf(definition, plan, place, notes));
      return { name, host, contextPath, selector, api };
    });
  });
  for (const other of others) {
    const contextPath = definition.entrypoints[0]?.contextPath ?? '';
    if (other.flows.some(callsLambda)) {
      const place = { selector: everything, contextPath, earlier: [] };
      apis.add(`${base}-plan-${slug(other.name)}`, apiOf(definition, other, place, notes));
    }
  }
  // Envoy takes the first route that fits: the longer context path has to come first.
  const sorted = routes.toSorted((a, b) => b.contextPath.length - a.contextPath.length);
  return { apis: apis.apis, routes: sorted };
}

/** Callers without a key come first, since their plan needs nothing that Envoy would have to know. */
function choosePlans(plans: readonly Plan[]): readonly Plan[] {
  const keyless = plans.filter(({ security }) => /^key[-_]?less$/i.test(security));
  return [...keyless, ...plans.filter((plan) => !keyless.includes(plan))];
}

function callsLambda(flow: Flow): boolean {
  return flow.request.length + flow.response.length > 0;
}

/** Distinct selectors of flows that call Lambda, the narrow ones first, and one for everything else. */
function routeSelectors(definition: ApiDefinition, plan: Plan | undefined): readonly Selector[] {
  const found: Selector[] = [];
  for (const { selector } of [...(plan?.flows ?? []), ...definition.flows].filter(callsLambda)) {
    if (!found.some((known) => sameSelector(known, selector))) found.push(selector);
  }
  if (!found.some((known) => sameSelector(known, everything))) found.push(everything);
  return found.sort(compareRoutes);
}

/** The requests that come to one route: those of its selector that no earlier route takes. */
interface RoutePlace {
  readonly selector: Selector;
  readonly contextPath: string;
  readonly earlier: readonly Selector[];
}

type Steps = Pick<ImportedApi, 'request' | 'response'>;

/** In both phases the plan's flows run before the API's own. */
function apiOf(definition: ApiDefinition, plan: Plan | undefined, place: RoutePlace, notes: Notes): Steps {
  const chosen = [plan?.flows ?? [], definition.flows].flatMap((flows) => {
    return chooseFlows(flows, definition.flowMode, place, notes);
  });
  const phase = (which: 'request' | 'response'): readonly ImportedStep[] => {
    return chosen.flatMap(({ flow, parts }) => flow[which].map((step) => conditional(step, parts, flow, notes)));
  };
  return { request: phase('request'), response: phase('response') };
}

/**
 * STARTS_WITH `/items` fits `/itemsx` too, but then the gateway counts the segment as not matched when it looks for the
 * closest flow. Here a flow that fits counts as matched.
 */
function notePartialSegments(flows: readonly Flow[], notes: Notes): void {
  const open = flows.find(({ selector: { operator, segments } }) => {
    const last = segments.at(-1);
    return operator === 'STARTS_WITH' && last !== undefined && !isParameter(last);
  });
  if (open === undefined || flows.length < 2) return;
  const path = `/${open.selector.segments.join('/')}`;
  notes.add(
    `the order of BEST_MATCH for paths such as ${path}x: flow ${open.name} (${path}) counts as closest for them too`,
  );
}

interface ChosenFlow {
  readonly flow: Flow;
  /** What has to hold beyond the route. */
  readonly parts: readonly string[];
}

function chooseFlows(
  flows: readonly Flow[],
  mode: ApiDefinition['flowMode'],
  place: RoutePlace,
  notes: Notes,
): readonly ChosenFlow[] {
  const fitting = flows.filter(({ selector }) => {
    return !areDisjoint(selector, place.selector) && !place.earlier.some((earlier) => isWithin(selector, earlier));
  });
  const all = fitting.map((flow) => ({ flow, parts: partsOf(flow, place, notes) }));
  if (mode === 'DEFAULT') return all.filter(({ flow }) => callsLambda(flow));
  const ranked = all.toSorted((a, b) => compareMatch(a.flow.selector, b.flow.selector));
  return all.flatMap((entry) => {
    if (!callsLambda(entry.flow)) return [];
    const better = ranked.slice(0, ranked.indexOf(entry)).filter(({ flow }) => {
      return !areDisjoint(flow.selector, entry.flow.selector);
    });
    // A better flow that fits every request of the route leaves none for this one.
    if (better.some(({ parts }) => parts.length === 0)) return [];
    const exclusions = better.map(({ parts }) => noneOf(parts));
    return [{ flow: entry.flow, parts: [...entry.parts, ...exclusions] }];
  });
}

function partsOf(flow: Flow, { selector: route, contextPath }: RoutePlace, notes: Notes): readonly string[] {
  const { selector, condition } = flow;
  const parts: string[] = [];
  if (!isWithin(route, selector)) {
    if (!pathWithin(route, selector)) parts.push(pathCondition(selector, contextPath));
    if (!methodsWithin(route.methods, selector.methods)) parts.push(methodCondition(selector.methods));
  }
  if (condition === undefined) return parts;
  const bare = bareCondition(condition);
  if (bare === undefined)
    notes.add(`the condition of flow ${flow.name}, which is more than one expression: the flow runs always`);
  else parts.push(bare);
  return parts;
}

function conditional(step: Step, parts: readonly string[], flow: Flow, notes: Notes): ImportedStep {
  if (step.condition === undefined) return { step, condition: allOf(parts) };
  const bare = bareCondition(step.condition);
  if (bare !== undefined) return { step, condition: allOf([...parts, bare]) };
  if (parts.length === 0) return { step, condition: step.condition };
  notes.add(`the condition of step ${step.name} of flow ${flow.name}, which cannot be joined with that of its flow`);
  return { step, condition: allOf(parts) };
}

/** APIs by content: routes whose flows are the same share one. */
class ApiTable {
  readonly apis: ImportedApi[] = [];
  readonly #byContent = new Map<string, string>();

  add(name: string, steps: Steps): string | undefined {
    if (steps.request.length + steps.response.length === 0) return undefined;
    const content = JSON.stringify(steps);
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    const unique = uniqueName(name, (candidate) => this.apis.some((api) => api.name === candidate));
    this.#byContent.set(content, unique);
    this.apis.push({ name: unique, ...steps });
    return unique;
  }
}

export function uniqueName(name: string, isTaken: (candidate: string) => boolean): string {
  let candidate = name;
  for (let count = 2; isTaken(candidate); count++) candidate = `${name}-${count}`;
  return candidate;
}

function selectorName({ operator, segments, methods }: Selector): string {
  const parts = [...segments, ...(operator === 'EQUALS' ? ['exactly'] : []), ...methods];
  return slug(parts.join('-'), '');
}

export function slug(text: string, fallback = 'api'): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, 64) || fallback;
}
