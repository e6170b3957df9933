import { callsLambda, chooseFlows, type RoutePlace, runnableFlows, tellPartialSegments } from './choose-flows.ts';
import { type Accepted, apiGuards, choosePlan, isAccepted, missing, routeGuards, tellGuards } from './closing.ts';
import type { ApiDefinition, Flow, Guard, Plan, Selector } from './definition.ts';
import { conditionalSteps, type ImportedStep } from './imported-steps.ts';
import { slug, uniqueName } from './names.ts';
import type { Report } from './report.ts';
import { contextPathReads, isTakenPath } from './request-reads.ts';
import { compareRoutes, sameSelector } from './selectors.ts';

export interface ImportedApi {
  readonly name: string;
  /** The paths of its routes; undefined if no expression needs them. */
  readonly contextPath: string | undefined;
  readonly request: readonly ImportedStep[];
  readonly response: readonly ImportedStep[];
}

export interface ImportedRoute {
  readonly name: string;
  readonly contextPath: string;
  readonly host: string | undefined;
  readonly selector: Selector;
  /** Undefined: no flow with a Lambda policy can match. */
  readonly api: string | undefined;
  /** Restrictions on callers that were not accepted as open. */
  readonly closedBy: readonly Guard[];
  /** No flow matches, and the API requires one. */
  readonly isMissing: boolean;
}

export interface Imported {
  readonly apis: readonly ImportedApi[];
  readonly routes: readonly ImportedRoute[];
}

const everything: Selector = { operator: 'STARTS_WITH', segments: [], methods: [] };

/**
 * Routes for the selectors of the flows, each with an API of the flows that match it. A flow that matches only some requests
 * of a route becomes a condition, so that the result does not depend on how the routes were cut.
 */
export function flowsToApis(definition: ApiDefinition, accepted: Accepted, report: Report): Imported {
  const chosen = choosePlan(definition.plans, accepted);
  const others = definition.plans.filter((plan) => plan !== chosen);
  const plan = chosen === undefined ? undefined : { ...chosen, flows: runnableFlows(chosen.flows, report) };
  const flows = runnableFlows(definition.flows, report);
  const own = { ...definition, flows };
  const all = [...(plan?.flows ?? []), ...flows];
  const guards = apiGuards(definition, chosen, [...(chosen?.flows ?? []), ...definition.flows]);
  tellGuards(guards, accepted, report);
  for (const other of others) tellOtherPlan(other, chosen, report);
  if (definition.flowMode === 'BEST_MATCH') tellPartialSegments(all, report);

  const apis = new ApiTable(definition);
  const base = slug(definition.name);
  const names = new Set<string>();
  const routes = definition.entrypoints.flatMap(({ host, contextPath }, index) => {
    const prefix = index === 0 ? base : `${base}-${slug(host ?? contextPath)}`;
    return routeSelectors(own, all).map((selector, position, selectors): ImportedRoute => {
      const place = { selector, contextPath, earlier: selectors.slice(0, position) };
      const title = [prefix, selectorName(selector)].filter((part) => part !== '').join('-');
      const name = uniqueName(title, (candidate) => names.has(candidate));
      names.add(name);
      const api = apis.add(name, contextPath, stepsOf(own, plan, place, report));
      const lacking = definition.matchRequired ? missing(all, place) : 'none';
      const here = [...routeGuards(all, place), ...(lacking === 'some' ? [matchGuard] : [])];
      tellGuards(here, accepted, report);
      const closedBy = [...guards, ...here].filter((guard) => !isAccepted(guard, accepted));
      return { name, host, contextPath, selector, api, closedBy, isMissing: lacking === 'all' };
    });
  });
  for (const other of others) {
    const contextPath = definition.entrypoints[0]?.contextPath ?? '';
    if (!other.flows.some(callsLambda)) continue;
    const place = { selector: everything, contextPath, earlier: [] };
    const runnable = { ...other, flows: runnableFlows(other.flows, report) };
    apis.add(`${base}-plan-${slug(other.name)}`, contextPath, stepsOf(own, runnable, place, report));
  }
  return { apis: apis.apis, routes };
}

const matchGuard: Guard = {
  name: 'match-required',
  what: 'matchRequired: a request whose flows have conditions that all fail gets a 404 from the gateway; Envoy cannot detect this',
  fields: ['flowExecution.matchRequired'],
};

function tellOtherPlan(other: Plan, chosen: Plan | undefined, report: Report): void {
  const instead = `the routes have the flows of plan ${chosen?.name}`;
  const rest = other.flows.some(callsLambda) ? '; its own are in policies.yaml, without routes' : '';
  const fields = other.guard?.fields ?? ['plans'];
  report.add(
    'changed',
    `plan ${other.name} (${other.security}): Envoy does not know which plan a caller has, ${instead}${rest}`,
    ...fields,
  );
  if (other.guard !== undefined) report.add('told', other.guard.what, ...fields);
  for (const { what, fields: places } of other.flows.flatMap(({ guards }) => guards))
    report.add('lost', what, ...places);
}

/** Distinct selectors of flows that matter to routes, the narrow ones first, and one for everything else. */
function routeSelectors({ matchRequired }: ApiDefinition, flows: readonly Flow[]): readonly Selector[] {
  const found: Selector[] = [];
  for (const flow of flows) {
    if (!matchRequired && !callsLambda(flow) && flow.guards.length === 0) continue;
    if (!found.some((known) => sameSelector(known, flow.selector))) found.push(flow.selector);
  }
  if (!found.some((known) => sameSelector(known, everything))) found.push(everything);
  return found.sort(compareRoutes);
}

type Steps = Pick<ImportedApi, 'request' | 'response'>;

function stepsOf(definition: ApiDefinition, plan: Plan | undefined, place: RoutePlace, report: Report): Steps {
  const [first, second] = [plan?.flows ?? [], definition.flows].map((flows) => {
    return chooseFlows(flows, definition.flowMode, place);
  });
  return conditionalSteps({ plan: first ?? [], api: second ?? [] }, definition, report);
}

/** APIs by content: routes whose flows are the same share one. */
class ApiTable {
  readonly apis: ImportedApi[] = [];
  readonly #byContent = new Map<string, string>();
  readonly #templates: string;

  constructor({ responseTemplates }: ApiDefinition) {
    this.#templates = JSON.stringify([...responseTemplates.values()].map((types) => [...types]));
  }

  add(name: string, path: string, steps: Steps): string | undefined {
    if (steps.request.length + steps.response.length === 0) return undefined;
    const text = JSON.stringify(steps);
    const isRead = isTakenPath(path) && contextPathReads(text + this.#templates).length > 0;
    const contextPath = isRead ? path || '/' : undefined;
    const content = JSON.stringify([contextPath, text]);
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    const unique = uniqueName(name, (candidate) => this.apis.some((api) => api.name === candidate));
    this.#byContent.set(content, unique);
    this.apis.push({ name: unique, contextPath, ...steps });
    return unique;
  }
}

function selectorName({ operator, segments, methods }: Selector): string {
  const parts = [...segments, ...(operator === 'EQUALS' ? ['exactly'] : []), ...methods];
  return slug(parts.join('-'), '');
}
