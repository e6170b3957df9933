import { type Json, yamlLines } from '../commented-yaml.ts';
import type { ApiDefinition } from '../definition.ts';
import type { ImportedRoute } from '../flows-to-apis.ts';
import { slug, uniqueName } from '../names.ts';
import { escapePattern, isPattern, pathPattern } from '../path-patterns.ts';
import { extProcOn } from './ext-proc.ts';
import { seconds } from './json.ts';
import { corsRules } from './listener.ts';
import type { Profile } from './profiles.ts';

export const CLOSED_KEY = 'LAMBDA_EXT_PROC_IMPORT_CLOSED';
const CLOSED_MESSAGE = 'This route is closed: the restrictions on its callers were not imported.';

/** A path without a host applies to every host, including those that other entries name. */
export function virtualHosts(
  definition: ApiDefinition,
  routes: readonly ImportedRoute[],
  profiles: readonly Profile[],
) {
  const hosts = [...new Set(routes.map(({ host }) => host ?? '*'))];
  const names = new Set<string>();
  return hosts.map((host): Json => {
    const own = routes.filter((route) => route.host !== undefined && covers(route.host, host));
    const open = routes.filter((route) => route.host === undefined);
    const name = uniqueName(host === '*' ? 'all' : slug(host), (candidate) => names.has(candidate));
    names.add(name);
    return {
      name,
      domains: [host],
      ...(definition.cors !== undefined && { typed_per_filter_config: corsRules(definition.cors) }),
      routes: [...byContextPath(own), ...byContextPath(open)].flatMap((route) => routeObjects(route, profiles)),
    };
  });
}

function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
}

/** Envoy takes the first matching route, so the longer context path must come first. */
function byContextPath(routes: readonly ImportedRoute[]): readonly ImportedRoute[] {
  return routes.toSorted((a, b) => b.contextPath.length - a.contextPath.length);
}

function routeObjects(route: ImportedRoute, profiles: readonly Profile[]): readonly Json[] {
  if (route.closedBy.length > 0) return [closedRoute(route, profiles)];
  if (route.isMissing) {
    const comment = 'No flow matches these requests, and the API requires one (matchRequired).';
    return [{ '#': comment, name: route.name, match: match(route), direct_response: { status: 404 } }];
  }
  const policies = route.api === undefined ? {} : { typed_per_filter_config: extProcOn(route.api) };
  if (profiles.length === 0) {
    return [{ name: route.name, match: match(route), direct_response: { status: 503 }, ...policies }];
  }
  let rest = profiles.reduce((sum, { weight }) => sum + weight, 0);
  return profiles.map((profile, index) => {
    const share = Math.round((profile.weight / rest) * 1_000_000);
    rest -= profile.weight;
    const isLast = index === profiles.length - 1;
    const fraction = { runtime_fraction: { default_value: { numerator: share, denominator: 'MILLION' } } };
    return {
      ...(profiles.length > 1 &&
        index === 0 && { '#': 'The endpoints differ: each has a route for its share of the requests.' }),
      name: index === 0 ? route.name : `${route.name}-${index + 1}`,
      match: { ...match(route), ...(!isLast && fraction) },
      route: action(route, profile),
      ...headersToAdd(profile),
      ...policies,
    };
  });
}

/** Closed until the user decides otherwise: the comment says why, and what to write. */
function closedRoute(route: ImportedRoute, profiles: readonly Profile[]): Json {
  const [profile] = profiles;
  const open = {
    ...(profile === undefined ? {} : { route: action(route, profile), ...headersToAdd(profile) }),
    ...(route.api !== undefined && { typed_per_filter_config: extProcOn(route.api) }),
  };
  const names = [...new Set(route.closedBy.map(({ name }) => name))];
  const comment = [
    'CLOSED, because these restrictions on callers are not imported:',
    ...new Set(route.closedBy.map(({ what }) => `- ${what}`)),
    `Import again with ${names.map((name) => `--accept ${JSON.stringify(name)}`).join(' ')}, or write instead of direct_response:`,
    ...yamlLines(open),
  ];
  return {
    '#': comment.join('\n'),
    name: route.name,
    match: match(route),
    direct_response: {
      status: 503,
      body: { inline_string: JSON.stringify({ message: CLOSED_MESSAGE, key: CLOSED_KEY }) },
    },
    response_headers_to_add: [overwrite('content-type', 'application/json')],
  };
}

function overwrite(key: string, value: string): Json {
  return { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
}

/** Envoy reads values as format strings: a percent sign is doubled. */
function headersToAdd({ endpoints: [first] }: Profile): Json {
  const headers = Object.entries(first?.connection.headers ?? {});
  if (headers.length === 0) return {};
  return { request_headers_to_add: headers.map(([name, value]) => overwrite(name, value.replaceAll('%', '%%'))) };
}

function match({ selector, contextPath }: ImportedRoute): Json {
  const { operator, segments, methods } = selector;
  return {
    ...pathMatch(),
    ...(methods.length > 0 && {
      headers: [
        {
          name: ':method',
          string_match: methods.length === 1 ? { exact: methods[0] } : { safe_regex: { regex: methods.join('|') } },
        },
      ],
    }),
  };

  function pathMatch(): Json {
    if (segments.length === 0 && operator === 'STARTS_WITH') {
      return contextPath === '' ? { prefix: '/' } : { path_separated_prefix: contextPath };
    }
    if (operator === 'EQUALS' || segments.some(isPattern)) {
      return { safe_regex: { regex: pathPattern(selector, contextPath) } };
    }
    return { prefix: `${contextPath}/${segments.join('/')}` };
  }
}

/** The backend gets its own path and then what follows the context path. */
function action({ contextPath }: ImportedRoute, { cluster, endpoints, spares, path }: Profile): Json {
  const [first] = endpoints;
  const connection = first?.connection ?? {};
  const hosts = new Set([...endpoints, ...spares].map(({ target }) => target.host));
  return {
    cluster,
    ...(connection.readTimeoutMs !== undefined && { timeout: seconds(connection.readTimeoutMs) }),
    ...(connection.streamIdleMs !== undefined && { idle_timeout: seconds(connection.streamIdleMs) }),
    ...hostRewrite(),
    ...(path !== contextPath && { regex_rewrite: rewrite(contextPath, path) }),
  };

  function hostRewrite(): Json {
    if (connection.host !== undefined) return { host_rewrite_literal: connection.host };
    if (connection.preserveHost === true) return {};
    return hosts.size === 1 ? { host_rewrite_literal: first?.target.host } : { auto_host_rewrite: true };
  }
}

function rewrite(contextPath: string, targetPath: string): Json {
  const context = escapePattern(contextPath);
  // Without a path of its own the backend still has to get a slash.
  const [regex, substitution] =
    targetPath === '' ? [`^${context}/?`, '/'] : [`^${context}(/.*)?$`, `${targetPath.replaceAll('\\', '\\\\')}\\1`];
  return { pattern: { regex }, substitution };
}
