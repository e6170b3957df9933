import type { PolicyStep } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

/**
 * If a step makes Envoy choose the route again, the policies of the new route do not run: the stream keeps the API that it began with.
 * `used` are all routes of the filter.
 */
export function checkRouteCache(used: readonly UsedRoute[], reporter: Reporter): void {
  for (const one of used) {
    const clearing = one.policies.request.filter((step) => clearsRouteCache(step, one));
    for (const step of clearing) {
      const other = otherRoutes(step, one, used)[0];
      if (other === undefined) continue;
      const where = other.api === undefined ? 'has no policies' : `belongs to ${other.api}, whose policies do not run`;
      const message = `step ${step.name} of ${nameOf(one)} may lead to ${routeName(other.route)}, which ${where}: the policies of ${nameOf(one)} must also be sufficient for that route; write a constant \`path\`, or remove clearRouteCache`;
      reporter.warn(one.route.node.path, message);
    }
  }
}

/** Because of the step's own setting, or because the filter does so whenever a header changes. */
function clearsRouteCache({ configuration: { mutations } }: PolicyStep, { filter }: UsedRoute): boolean {
  if (filter.config.flag('disable_clear_route_cache')) return false;
  const action = filter.config.text('route_cache_action');
  if (action === 'RETAIN') return false;
  const changes = mutations.set.length + mutations.append.length + mutations.remove.length > 0;
  return mutations.clearRouteCache || (action === 'CLEAR' && (changes || mutations.path !== undefined));
}

interface OtherRoute {
  readonly route: EnvoyNode;
  /** Undefined: the filter does not run there. */
  readonly api: string | undefined;
}

/** The routes of another API, or of none, that the request may get. */
function otherRoutes({ configuration: { mutations } }: PolicyStep, one: UsedRoute, used: readonly UsedRoute[]) {
  const changesHost = [...mutations.set, ...mutations.append].some(
    ([name]) => name === 'host' || name === ':authority',
  );
  const hosts = changesHost ? one.route.configuration.items('virtual_hosts') : [one.route.host];
  return hosts
    .flatMap((host) => {
      const routes = host.items('routes');
      return mutations.path === undefined
        ? samePathRoutes(routes, one.route.node)
        : pathRoutes(routes, mutations.path.constant);
    })
    .map((route): OtherRoute => {
      const same = used.find((other) => samePlace(other.route.node, route));
      return { route, api: same === undefined ? undefined : nameOf(same) };
    })
    .filter(({ route, api }) => !samePlace(route, one.route.node) && api !== nameOf(one));
}

/** The routes that may match a path, up to the first that matches it whatever else the request contains; all if the path is not constant. */
function pathRoutes(routes: readonly EnvoyNode[], path: string | undefined): readonly EnvoyNode[] {
  if (path === undefined) return routes;
  const found: EnvoyNode[] = [];
  for (const route of routes) {
    const verdict = matchesPath(route.get('match'), path.replace(/\?.*$/, ''));
    if (verdict !== 'no') found.push(route);
    if (verdict === 'yes') break;
  }
  return found;
}

/** The routes that a request of `own` may get without a change of its path: conditional routes, and those after a conditional `own`. */
function samePathRoutes(routes: readonly EnvoyNode[], own: EnvoyNode): readonly EnvoyNode[] {
  const at = routes.findIndex((route) => samePlace(route, own));
  const last = at === -1 || isConditional(own.get('match')) ? routes.length : at;
  const path = literalPath(own.get('match'));
  return routes.slice(0, last).filter((route, index) => {
    const other = literalPath(route.get('match'));
    const overlap = path === undefined || other === undefined || path.startsWith(other) || other.startsWith(path);
    return overlap && (index > at || isConditional(route.get('match')));
  });
}

function isConditional(match: EnvoyNode | undefined): boolean {
  return match === undefined || CONDITIONS.some((condition) => match.get(condition) !== undefined);
}

function literalPath(match: EnvoyNode | undefined): string | undefined {
  return match?.text('prefix') ?? match?.text('path') ?? match?.text('path_separated_prefix');
}

const CONDITIONS = ['headers', 'query_parameters', 'runtime_fraction', 'tls_context', 'dynamic_metadata', 'grpc'];

function matchesPath(match: EnvoyNode | undefined, path: string): 'yes' | 'no' | 'maybe' {
  if (match === undefined) return 'maybe';
  const fold = (text: string): string => (match.get('case_sensitive')?.data === false ? text.toLowerCase() : text);
  const prefix = match.text('prefix');
  const exact = match.text('path');
  const separated = match.text('path_separated_prefix');
  const fits =
    (prefix !== undefined && fold(path).startsWith(fold(prefix))) ||
    (exact !== undefined && fold(path) === fold(exact)) ||
    (separated !== undefined && `${fold(path)}/`.startsWith(`${fold(separated)}/`));
  if (prefix === undefined && exact === undefined && separated === undefined) return 'maybe';
  if (!fits) return 'no';
  return isConditional(match) ? 'maybe' : 'yes';
}

function samePlace(a: EnvoyNode, b: EnvoyNode): boolean {
  return a.path.join('\n') === b.path.join('\n');
}

function routeName(route: EnvoyNode): string {
  const name = route.text('name');
  return name === undefined || name === '' ? 'another route' : `route ${name}`;
}
