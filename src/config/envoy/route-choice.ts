import { requestAttributes } from '../../envoy-names.ts';
import type { ApiChoice, ApiPolicies } from '../../policy/index.ts';
import type { CompiledPolicySet } from '../compiled-policy-set.ts';
import { matchesGlob } from '../route-glob.ts';
import type { ApiSelect } from '../select-table.ts';
import type { EnvoyCheck } from './envoy-check.ts';
import { type Filter, isSent, sentAttributes } from './filters.ts';
import { attributeOn, isCallersCluster, type RouteAttribute } from './route-attributes.ts';
import type { Route } from './routes.ts';

/** What a configuration determines about the API of a route that names none. */
export interface RouteChoice {
  /** The server's choice, as far as known. */
  readonly choice: ApiChoice;
  /** APIs that may match: this depends on values that the configuration does not have. */
  readonly possible: readonly ApiSelect[];
}

export function choiceOf(route: Route, filter: Filter, set: CompiledPolicySet, generated: boolean): RouteChoice {
  const values = valuesOn(route, filter, set, generated);
  const attributes = new Map<string, string>();
  for (const name of [...set.selectAttributes, requestAttributes.routeName]) {
    const text = values(name)?.text;
    if (text !== undefined && isSent(filter, name)) attributes.set(name, text);
  }
  const choice = set.choose({ authority: authorityOn(route, filter), attributes });
  const isSettled = choice.means === 'authorities' || (choice.kind === 'ambiguous' && choice.means === 'select');
  const possible = isSettled ? [] : set.selects.filter((one) => fits(one, values) === undefined);
  return { choice, possible: possible.filter(({ entries }) => entries.every((one) => isSent(filter, one.attribute))) };
}

/** Without its own `authority` Envoy sends the cluster's name. */
function authorityOn({ grpcService }: Route, { config }: Filter): string {
  const target = (grpcService ?? config.get('grpc_service'))?.get('envoy_grpc');
  return target?.text('authority') || target?.text('cluster_name') || '';
}

/** The API of a route whose metadata names none; undefined if there is none, and after a reported problem. */
export function selectByTraits(route: Route, filter: Filter, check: EnvoyCheck): ApiPolicies | undefined {
  const { reporter, policies, words, generated } = check;
  const { set } = policies;
  const { choice, possible } = choiceOf(route, filter, set, generated);
  if (choice.means !== 'authorities') {
    tellCallersClusters(route, check);
    tellUnsent(route, filter, choice, check);
  }
  if (choice.kind === 'ambiguous') {
    const message = `matches \`${choice.means}\` of more than one API (${choice.names.join(', ')}), so each request is a 500: let only one of them match`;
    reporter.error(choice.means === 'authorities' ? authorityPlace(route, filter) : route.node.path, message);
    return undefined;
  }
  const [unknown] = possible;
  if (unknown !== undefined) {
    const message = `may be served by API ${unknown.policies.name}, whose \`select\` reads an attribute that cannot be determined from the files: its API cannot be checked here`;
    reporter.warn(route.node.path, message);
    return undefined;
  }
  const unsent = isSent(filter, requestAttributes.routeName) ? undefined : byUnsentName(route, choice, set);
  if (unsent !== undefined) {
    const message = `route ${route.name} is matched to API ${unsent.name} by its name, but the filter does not send the name: write \`request_attributes: [xds.route_name]\``;
    reporter.error(filter.config.placeOf('request_attributes'), message);
    return unsent;
  }
  if (choice.policies !== undefined) return choice.policies;
  if (set.unmatched === 'pass') {
    const message =
      'matches no API: each request passes, but at the cost of the filter; disable the filter here (`disabled: true`)';
    reporter.warn(route.node.path, message);
  } else {
    reporter.error(route.node.path, `matches no API, so each request is a 500: ${words.nameApi}`);
  }
  return undefined;
}

type Values = (attribute: string) => RouteAttribute | undefined;

function valuesOn(route: Route, filter: Filter, set: CompiledPolicySet, generated: boolean): Values {
  const names = [...set.selectAttributes, requestAttributes.routeName];
  const values = new Map(names.map((name) => [name, attributeOn(name, route, filter, generated)]));
  return (attribute) => values.get(attribute);
}

/** Undefined if the result depends on an attribute that is not known. */
function fits({ entries }: ApiSelect, values: Values): boolean | undefined {
  const all = entries.map(({ attribute, matches }) => {
    const value = values(attribute);
    return value && (value.text ?? '') !== '' && matchesGlob(matches, value.text ?? '');
  });
  if (all.includes(false)) return false;
  return all.includes(undefined) ? undefined : true;
}

/** The API that `routes` would give if Envoy sent the name. */
function byUnsentName({ name }: Route, { means }: ApiChoice, set: CompiledPolicySet): ApiPolicies | undefined {
  if (name === undefined || (means !== 'routes' && means !== 'default')) return undefined;
  const choice = set.choose({ authority: '', attributes: new Map([[requestAttributes.routeName, name]]) });
  return choice.kind === 'chosen' && choice.means === 'routes' ? choice.policies : undefined;
}

/** Reports attributes of `select` that the filter does not request from Envoy, so `select` never matches. */
function tellUnsent(route: Route, filter: Filter, choice: ApiChoice, check: EnvoyCheck): void {
  const { set } = check.policies;
  const values = valuesOn(route, filter, set, check.generated);
  const isServed = choice.kind === 'ambiguous' || choice.policies !== undefined;
  for (const one of set.selects) {
    const missing = one.entries.map(({ attribute }) => attribute).filter((attribute) => !isSent(filter, attribute));
    const isMeant = fits(one, values);
    if (missing.length === 0 || isMeant === false) continue;
    const alike = missing.flatMap((attribute) => {
      const written = sentAttributes(filter).find((sent) => bare(sent) === bare(attribute));
      return written === undefined ? [] : [`; it has \`${written}\`, but both must have the same text`];
    });
    const message = `\`select\` of API ${one.policies.name} reads attributes that the filter does not request from Envoy, and never matches: add \`${missing.join('`, `')}\` to \`request_attributes\`${alike[0] ?? ''}`;
    const severity = isMeant === undefined && isServed ? 'warn' : 'error';
    check.reporter[severity](filter.config.placeOf('request_attributes'), message);
  }
}

/** Ignores blanks and the kind of quotes, which have no meaning in CEL. */
function bare(attribute: string): string {
  return attribute.replaceAll(/\s/g, '').replaceAll('"', "'");
}

function tellCallersClusters(route: Route, { policies, reporter }: EnvoyCheck): void {
  for (const { policies: api, entries } of policies.set.selects) {
    if (!entries.some(({ attribute }) => isCallersCluster(attribute, route))) continue;
    const message = `lets callers choose the cluster, which \`select\` of API ${api.name} tests, so callers choose the API; select by another attribute, or write \`cluster\``;
    reporter.error(route.node.get('route')?.placeOf('cluster_header') ?? route.node.path, message);
  }
}

function authorityPlace({ grpcService }: Route, { config }: Filter) {
  const service = grpcService ?? config.get('grpc_service');
  return service?.get('envoy_grpc')?.placeOf('authority') ?? config.placeOf('grpc_service');
}
