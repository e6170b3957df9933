import assert from 'node:assert/strict';
import { parse } from 'yaml';

export interface Request {
  readonly host?: string;
  readonly path: string;
  readonly method: string;
}

interface Match {
  readonly prefix?: string;
  readonly path_separated_prefix?: string;
  readonly safe_regex?: { readonly regex: string };
  readonly headers?: readonly {
    readonly string_match: { readonly exact?: string; readonly safe_regex?: { readonly regex: string } };
  }[];
}

interface RouteObject {
  readonly name: string;
  readonly match: Match;
  readonly direct_response?: { readonly status: number };
  readonly route?: {
    readonly regex_rewrite?: { readonly pattern: { readonly regex: string }; readonly substitution: string };
  };
  readonly typed_per_filter_config?: Readonly<
    Record<string, { readonly overrides: { readonly grpc_initial_metadata: readonly { readonly value: string }[] } }>
  >;
}

export interface Found {
  readonly route: string;
  readonly api: string | undefined;
  /** Of an answer that Envoy gives itself. */
  readonly status: number | undefined;
  /** The path that the backend gets. */
  readonly upstreamPath: string;
}

/** Which route Envoy takes, by the rules of its documentation that imported configurations use: the first that fits. */
export function routeRequest(envoy: string, { host = 'localhost', path, method }: Request): Found | undefined {
  const virtualHosts: readonly { readonly domains: readonly string[]; readonly routes: readonly RouteObject[] }[] =
    parse(envoy).static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts;
  const chosen =
    virtualHosts.find(({ domains }) => domains.includes(host)) ??
    virtualHosts.find(({ domains }) => domains.includes('*'));
  const route = chosen?.routes.find(({ match }) => pathFits(match, path) && methodFits(match, method));
  if (route === undefined) return undefined;
  const rewrite = route.route?.regex_rewrite;
  return {
    route: route.name,
    status: route.direct_response?.status,
    api: route.typed_per_filter_config?.['envoy.filters.http.ext_proc']?.overrides.grpc_initial_metadata[0]?.value,
    upstreamPath:
      rewrite === undefined
        ? path
        : path.replace(new RegExp(rewrite.pattern.regex), (_, group?: string) => {
            return rewrite.substitution.replace('\\1', typeof group === 'string' ? group : '');
          }),
  };
}

function pathFits({ prefix, path_separated_prefix: separated, safe_regex: regex }: Match, path: string): boolean {
  if (prefix !== undefined) return path.startsWith(prefix);
  if (separated !== undefined) return path === separated || path.startsWith(`${separated}/`);
  assert.ok(regex);
  return new RegExp(`^(?:${regex.regex})$`).test(path);
}

function methodFits({ headers = [] }: Match, method: string): boolean {
  return headers.every(({ string_match: { exact, safe_regex: regex } }) => {
    return exact === undefined ? new RegExp(`^(?:${regex?.regex})$`).test(method) : exact === method;
  });
}
